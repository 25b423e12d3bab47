import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { build } from 'esbuild';

import { ROOT } from '../../scripts/setup/paths.mjs';

const TESTS = join(ROOT, 'server/tests');

/**
 * A hub on the cluster with its people.
 *
 * @typedef {object} BenchStage
 * @property {object} stage `Stage` of the tests: Alice, Bob and Alice's JupyterLab
 * @property {object} hub
 * @property {{ url: string, service: string, password: string, log: string }} address of the hub, as `npm start` has it
 * @property {ReturnType<typeof import('./watch.mjs').watchCluster>} watch
 * @property {ReturnType<typeof import('../../scripts/demo/publish.mjs').createApi>} call the dashboards API as the owner
 */

/**
 * The cluster of the tests on Kubernetes, and the people on it.
 *
 * @param {string} data the folder that takes its bundle
 * @param {Record<string, string>} variables by which the tests find what they run
 */
export async function clusterModules(data, variables) {
  Object.assign(process.env, variables);
  mkdirSync(data, { recursive: true });
  const outfile = join(data, 'cluster.cjs');
  await build({
    absWorkingDir: ROOT,
    stdin: {
      contents: `export { startProductCluster } from './kubernetes/product';
        export { Stage } from './kubernetes/stage';
        export { STOCK } from './kubernetes/storage-settings';`,
      resolveDir: TESTS
    },
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    // Some of them find the checkout by where they are.
    define: { __dirname: JSON.stringify(TESTS) },
    logLevel: 'warning'
  });
  return (await import(pathToFileURL(outfile))).default;
}
