import { testVariables } from '../setup/index.mjs';
import { withCleanInstallation } from './clean-installation.mjs';
import { jest, playwright } from './runners.mjs';

/** Tests of service and runner that need a real hub. Those in folders below take minutes: they are a suite of their own. */
export const ON_A_HUB = '/server/tests/[^/]+\\.test\\.ts$';

/**
 * Runs everything that needs a real hub, from the wheel, in two new environments outside the checkout and without Node
 * on `PATH`.
 *
 * @param {string} name of the suite
 * @param {import('./clean-installation.mjs').Locks} locks which JupyterHub
 * @param {import('../setup/index.mjs').Installation} installation whose wheel and whose Node, for the tests, are used
 * @returns {Promise<import('./runners.mjs').Result>}
 */
export function endToEnd(name, locks, installation) {
  return withCleanInstallation(locks, installation, async (clean, env) => {
    const run = { node: clean.node, env: { ...testVariables(clean), ...env } };
    const service = await jest('server', { ...run, name: `${name}-service`, files: [ON_A_HUB] });
    const browser = await playwright({ ...run, name: `${name}-browser` });
    return {
      passed: service.passed + browser.passed,
      failed: service.failed + browser.failed,
      skipped: service.skipped + browser.skipped,
      code: service.code || browser.code
    };
  });
}
