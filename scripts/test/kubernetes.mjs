import { readyForCluster } from '../kubernetes/ready.mjs';
import { Lacking } from '../setup/failure.mjs';
import { ON_KUBERNETES } from './end-to-end.mjs';
import { jest } from './runners.mjs';

const ALL_OF_IT = 'npm run test:kubernetes';
/** What most hubs have: Zero to JupyterHub as it comes. */
const AS_IT_COMES = `${ON_KUBERNETES}as-it-comes\\.test\\.ts$`;

/**
 * Runs the tests on a real Kubernetes whose pods are processes of this machine.
 *
 * @param {import('../setup/index.mjs').Installation} installation
 * @returns {Promise<import('./runners.mjs').Result>}
 */
export function onKubernetes(installation) {
  return onCluster('kubernetes', ON_KUBERNETES, 'All tests on Kubernetes are', installation);
}

/**
 * Runs those for what most hubs have. Where this machine cannot run a cluster they are left out, and it says why.
 *
 * @param {import('../setup/index.mjs').Installation} installation
 * @returns {Promise<import('./runners.mjs').Result>}
 */
export async function asItComes(installation) {
  try {
    return await onCluster('as-it-comes', AS_IT_COMES, 'These tests are', installation);
  } catch (error) {
    if (error instanceof Lacking) {
      return { passed: 0, failed: 0, leftOut: error };
    }
    throw error;
  }
}

async function onCluster(name, files, what, installation) {
  const env = await readyForCluster(installation, { what, command: ALL_OF_IT });
  // A cluster takes a processor by itself: one at a time.
  return jest('server', { name, node: installation.node, env, files: [files], workers: '1' });
}
