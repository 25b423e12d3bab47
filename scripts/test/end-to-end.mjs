import { readdirSync } from 'node:fs';
import { join } from 'node:path';

import { ROOT } from '../setup/paths.mjs';
import { testVariables } from '../setup/index.mjs';
import { withCleanInstallation } from './clean-installation.mjs';
import { systemProgram } from './debian.mjs';
import { ALL, jest, playwright } from './runners.mjs';

/** Tests of service and runner that need a real hub. Those in folders below need none. */
export const ON_A_HUB = '/server/tests/[^/]+\\.test\\.ts$';

/** Tests on the test cluster, which is compiled first. */
export const ON_KUBERNETES = '/server/tests/kubernetes/';

/**
 * Files about what service, runner and browser do, beside any Hub: one that works, or is away, slow or full. There is not
 * time for them on both Hubs each time; on the other one they are the slow tier. Each is the name of a test of the service
 * (`server/tests`) or of the browser (`ui-tests/tests`).
 */
const ABOUT_NO_HUB = new Set([
  'abuse-interruptions',
  'abuse-outages',
  'abuse-restarts',
  'bad-input',
  'bad-input-servers',
  'failed-build',
  'frameworks',
  'gallery',
  'gapless',
  'killed',
  'lab-without-hub',
  'names-frameworks',
  'panel',
  'plan',
  'relay',
  'strategies',
  'versions-apart',
  'versions-by-link'
]);

/** Browser tests that take longer than all others together: a slow tier of their own, on JupyterHub 6. */
const isLong = name => name.endsWith('-long');

/**
 * The choices among the files: whether one of this name is to run.
 *
 * @type {Record<string, (name: string) => boolean>}
 */
export const CHOICES = {
  all: name => !isLong(name),
  aboutTheHub: name => !isLong(name) && !ABOUT_NO_HUB.has(name),
  rest: name => ABOUT_NO_HUB.has(name)
};

/**
 * Runs what needs a real hub, from the wheel, in two new environments outside the checkout and without Node
 * on `PATH`.
 *
 * @param {string} name of the suite
 * @param {import('./clean-installation.mjs').Locks} locks which JupyterHub
 * @param {import('../setup/index.mjs').Installation} installation whose wheel and whose Node, for the tests, are used
 * @param {(name: string) => boolean} chosen one of `CHOICES`
 * @returns {Promise<import('./runners.mjs').Result>}
 */
export function endToEnd(name, locks, installation, chosen = CHOICES.all) {
  return withCleanInstallation(locks, installation, async (clean, env) => {
    await systemProgram('openssl');
    const run = { node: clean.node, env: { ...testVariables(clean), ...env } };
    const service = await jest('server', {
      ...run,
      name: `${name}-service`,
      files: files('server/tests', '.test.ts', chosen),
      workers: ALL
    });
    const browser = await playwright({
      ...run,
      name: `${name}-browser`,
      files: files('ui-tests/tests', '.spec.ts', chosen)
    });
    return {
      passed: service.passed + browser.passed,
      failed: service.failed + browser.failed,
      skipped: service.skipped + browser.skipped,
      code: service.code || browser.code
    };
  });
}

/**
 * Runs the long browser tests, in the same way.
 *
 * @param {string} name of the suite
 * @param {import('./clean-installation.mjs').Locks} locks
 * @param {import('../setup/index.mjs').Installation} installation
 * @returns {Promise<import('./runners.mjs').Result>}
 */
export function longInBrowsers(name, locks, installation) {
  return withCleanInstallation(locks, installation, async (clean, env) => {
    await systemProgram('openssl');
    return playwright({
      name,
      node: clean.node,
      env: { ...testVariables(clean), ...env },
      files: files('ui-tests/tests', '.spec.ts', isLong)
    });
  });
}

/** Regular expressions for the chosen files of a folder. */
function files(folder, ending, chosen) {
  const names = readdirSync(join(ROOT, folder))
    .filter(file => file.endsWith(ending))
    .map(file => file.slice(0, -ending.length));
  return names.filter(chosen).map(name => `/${folder}/${name}${ending.replaceAll('.', '\\.')}$`);
}
