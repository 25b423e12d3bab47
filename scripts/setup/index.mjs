import { join } from 'node:path';

import { build } from '../build/index.mjs';
import { wheelPath } from '../build/wheel.mjs';
import { environment } from './environments.mjs';
import { installWheel } from './install-wheel.mjs';
import { locked } from './lock.mjs';
import { installNodeModules } from './node-modules.mjs';
import { continueUnder, isNewEnough, nodeOf } from './node.mjs';
import { ROOT, WORK } from './paths.mjs';
import { findPython } from './python.mjs';

/**
 * Where set-up has put things; tests find them in the environment variables of the same meaning.
 *
 * @typedef {object} Installation
 * @property {string} node
 * @property {string} hub environment of the Hub
 * @property {string} user environment of single-user servers
 * @property {TestEnvironments | null} tests
 * @property {string} wheel what is installed in all of them
 * @property {string} proxy
 * @property {{ program: string, version: string }} python
 *
 * @typedef {object} TestEnvironments
 * @property {string} glue of the Python tests
 * @property {string} hub5 of the oldest JupyterHub that is tested, for the Python tests
 */

/**
 * Makes everything ready on a fresh machine: Node packages, Python environments, builds. What is there already is left
 * alone. Continues under a newer Node where this one is too old, so it has to come first in a script.
 *
 * @param {{ test?: boolean }} [options] `test` adds the environments that only tests need
 * @returns {Promise<Installation>}
 */
export async function setUp({ test = false } = {}) {
  const python = findPython();
  return locked(
    join(WORK, 'set-up.lock'),
    async () => {
      await installNodeModules();
      const hub = await environment('hub', 'of the Hub', python);
      const node = isNewEnough() ? process.execPath : nodeOf(hub, python);
      const user = await environment('user', 'of single-user servers', python);
      const tests = test ? await testEnvironments(python) : null;
      await build({ python, user, node });
      for (const folder of [hub, user, ...Object.values(tests ?? {})]) {
        await installWheel(folder, python);
      }
      return {
        node,
        hub,
        user,
        tests,
        wheel: wheelPath(),
        proxy: join(ROOT, 'node_modules/configurable-http-proxy/bin/configurable-http-proxy'),
        python
      };
    },
    () => process.stdout.write('  … waiting for another set-up in this folder\n')
  ).then(async installation => {
    if (!isNewEnough()) {
      await continueUnder(installation.node);
    }
    return installation;
  });
}

async function testEnvironments(python) {
  return {
    glue: await environment('test', 'of the Python tests', python),
    hub5: await environment('hub5', 'of JupyterHub 5', python)
  };
}

/** The environment variables by which tests find what set-up has installed. */
export function testVariables({ node, hub, user, tests, wheel, proxy }) {
  const pythonOf = folder => join(folder, 'bin', 'python');
  return {
    DASHBOARDS_NODE: node,
    DASHBOARDS_HUB_PYTHON: pythonOf(hub),
    DASHBOARDS_USER_PYTHON: pythonOf(user),
    ...(tests ? { DASHBOARDS_HUB5_PYTHON: pythonOf(tests.hub5) } : {}),
    DASHBOARDS_WHEEL: wheel,
    DASHBOARDS_PROXY: proxy
  };
}
