import { testVariables } from '../setup/index.mjs';
import { jest, playwright } from './runners.mjs';

/** What depends on the Hub's version or on how the package was installed. */
const FILES = {
  server: ['tests/installation.test', 'tests/service.test', 'tests/names.test', 'tests/slow-spawner.test'],
  ui: ['tests/journey.spec']
};

/**
 * Runs the end-to-end tests on another installation than the one of the other suites.
 *
 * @param {string} name
 * @param {import('../setup/index.mjs').Installation} installation
 * @param {Record<string, string>} [env] more variables for tests, and for the Hub that they start
 * @returns {Promise<import('./runners.mjs').Result>}
 */
export async function endToEnd(name, installation, env = {}) {
  const run = { node: installation.node, env: { ...testVariables(installation), ...env } };
  const service = await jest('server', { ...run, name: `${name}-service`, files: FILES.server });
  const browser = await playwright({ ...run, name: `${name}-browser`, files: FILES.ui });
  return {
    passed: service.passed + browser.passed,
    failed: service.failed + browser.failed,
    skipped: service.skipped + browser.skipped,
    code: service.code || browser.code
  };
}
