import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { environment } from '../setup/environments.mjs';
import { Lacking } from '../setup/failure.mjs';
import { testVariables } from '../setup/index.mjs';
import { installWheel } from '../setup/install-wheel.mjs';
import { systemProgram } from '../test/debian.mjs';
import { kubernetesBinaries } from './binaries.mjs';

/**
 * Makes ready what a cluster of this machine consists of.
 *
 * @param {import('../setup/index.mjs').Installation} installation
 * @param {{ what: string, command: string }} asked what needs it, for the sentence that says that there is none
 * @returns {Promise<Record<string, string>>} the environment variables by which it is found
 * @throws {Lacking} when it cannot run here
 */
export async function readyForCluster(installation, { what, command }) {
  await networkTools();
  const missing = missingForPods();
  if (missing) {
    throw new Lacking(`${what} left out: ${missing}.`, {
      fix: `Run it as root on Linux, outside of containers or in a privileged one: sudo ${command}`
    });
  }
  await systemProgram('openssl');
  const programs = await kubernetesBinaries();
  const hub = await environment('kubernetes', 'of the Hub on Kubernetes', installation.python);
  await installWheel(hub, installation.python);
  return {
    ...testVariables(installation),
    DASHBOARDS_KUBERNETES: programs,
    DASHBOARDS_KUBERNETES_HUB_PYTHON: join(hub, 'bin', 'python')
  };
}

/** `ip`, which the next sentence is about where it cannot be installed. */
function networkTools() {
  return isRoot() ? systemProgram('ip') : null;
}

function isRoot() {
  return process.platform === 'linux' && process.getuid() === 0;
}

/** What pods need and this machine does not let us do, as the end of a sentence; null if all is well. */
function missingForPods() {
  if (!isRoot()) {
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
