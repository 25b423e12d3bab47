import { testVariables } from '../setup/index.mjs';
import { jest, playwright } from './runners.mjs';

/**
 * The tests that are run again, by what is different there. Names and servers depend on the Hub, what is found where on
 * how the package was installed.
 */
export const AGAIN = {
  onAnotherHub: {
    server: ['installation', 'service', 'names', 'slow-spawner'].map(name => `tests/${name}\\.test`),
    ui: ['tests/journey.spec', 'tests/slow-spawner.spec']
  },
  fromTheWheel: {
    server: ['installation', 'service', 'names-frameworks'].map(name => `tests/${name}\\.test`),
    ui: ['tests/journey.spec']
  }
};

/**
 * Runs the end-to-end tests on another installation than the one of the other suites.
 *
 * @param {string} name
 * @param {{ server: string[], ui: string[] }} files of `AGAIN`
 * @param {import('../setup/index.mjs').Installation} installation
 * @param {Record<string, string>} [env] more variables for tests, and for the Hub that they start
 * @returns {Promise<import('./runners.mjs').Result>}
 */
export async function endToEnd(name, files, installation, env = {}) {
  const run = { node: installation.node, env: { ...testVariables(installation), ...env } };
  const service = await jest('server', { ...run, name: `${name}-service`, files: files.server });
  const browser = await playwright({ ...run, name: `${name}-browser`, files: files.ui });
  return {
    passed: service.passed + browser.passed,
    failed: service.failed + browser.failed,
    skipped: service.skipped + browser.skipped,
    code: service.code || browser.code
  };
}
