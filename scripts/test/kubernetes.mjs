import { readyForCluster } from '../kubernetes/ready.mjs';
import { ON_KUBERNETES } from './end-to-end.mjs';
import { jest } from './runners.mjs';

/**
 * Runs the tests on a real Kubernetes whose pods are processes of this machine.
 *
 * @param {import('../setup/index.mjs').Installation} installation
 * @returns {Promise<import('./runners.mjs').Result>}
 */
export async function onKubernetes(installation) {
  const asked = { what: 'All tests on Kubernetes are', command: 'npm run test:kubernetes' };
  const env = await readyForCluster(installation, asked);
  // A cluster takes a processor by itself: one at a time.
  return jest('server', { name: 'kubernetes', node: installation.node, env, files: [ON_KUBERNETES], workers: '1' });
}
