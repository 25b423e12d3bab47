import { join } from 'node:path';

import { build } from '../build/index.mjs';
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
 * @typedef {{ node: string, hub: string, user: string, test: string | null, proxy: string, python: object }} Installation
 */

/**
 * Makes everything ready on a fresh machine: Node packages, Python environments, builds. What is there already is left
 * alone. Continues under a newer Node where this one is too old, so it has to come first in a script.
 *
 * @param {{ test?: boolean }} [options] `test` adds the environment of the Python tests
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
      const tests = test ? await environment('test', 'of the Python tests', python) : null;
      await build({ python, user, node });
      for (const folder of [hub, user, ...(tests ? [tests] : [])]) {
        await installWheel(folder, python);
      }
      return {
        node,
        hub,
        user,
        test: tests,
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

/** The environment variables by which tests find what set-up has installed. */
export function testVariables({ node, hub, user, proxy }) {
  return {
    DASHBOARDS_NODE: node,
    DASHBOARDS_HUB_PYTHON: join(hub, 'bin', 'python'),
    DASHBOARDS_USER_PYTHON: join(user, 'bin', 'python'),
    DASHBOARDS_PROXY: proxy
  };
}
