import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { kubernetesBinaries } from '../kubernetes/binaries.mjs';
import { environment } from '../setup/environments.mjs';
import { Failure } from '../setup/failure.mjs';
import { testVariables } from '../setup/index.mjs';
import { installWheel } from '../setup/install-wheel.mjs';
import { systemProgram } from './debian.mjs';
import { ON_KUBERNETES } from './end-to-end.mjs';
import { jest } from './runners.mjs';

/**
 * Runs the tests on a real Kubernetes whose pods are processes of this machine.
 *
 * @param {import('../setup/index.mjs').Installation} installation
 * @returns {Promise<import('./runners.mjs').Result>}
 */
export async function onKubernetes(installation) {
  const missing = missingForPods();
  if (missing) {
    throw new Failure(`All tests on Kubernetes are left out: ${missing}.`, {
      fix: 'Run them as root on Linux, outside of containers or in a privileged one: sudo npm run test:kubernetes'
    });
  }
  await systemProgram('openssl');
  const programs = await kubernetesBinaries();
  const hub = await environment('kubernetes', 'of the Hub on Kubernetes', installation.python);
  await installWheel(hub, installation.python);
  const env = {
    ...testVariables(installation),
    DASHBOARDS_KUBERNETES: programs,
    DASHBOARDS_KUBERNETES_HUB_PYTHON: join(hub, 'bin', 'python')
  };
  // A cluster takes a processor by itself: one at a time.
  return jest('server', { name: 'kubernetes', node: installation.node, env, files: [ON_KUBERNETES], workers: '1' });
}

/** What pods need and this machine does not let us do, as the end of a sentence; null if all is well. */
function missingForPods() {
  if (process.platform !== 'linux' || process.getuid() !== 0) {
    return 'pods run in namespaces with file systems of their own, which only root may make';
  }
  const folder = mkdtempSync(join(tmpdir(), 'dashboards-overlay-'));
  try {
    const [upper, work, root] = ['upper', 'work', 'root'].map(name => join(folder, name));
    [upper, work, root].forEach(path => mkdirSync(path));
    const mount = `mount --make-rprivate / && mount -t overlay overlay -o "lowerdir=/,upperdir=$1,workdir=$2" "$3"`;
    const isolated = ['--mount', '--uts', '--ipc', '--pid', '--net', '--fork', 'sh', '-c', mount, 'sh'];
    execFileSync('unshare', [...isolated, upper, work, root], { stdio: 'pipe' });
    execFileSync('ip', ['link'], { stdio: 'pipe' });
    return null;
  } catch (error) {
    const words = String(error.stderr ?? error.message).trim();
    return `this machine does not allow what pods need (overlayfs, namespaces, ip): ${words}`;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
