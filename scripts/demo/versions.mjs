import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

/** The versions of the installed Hub and Lab, as their packages say. */
export function versions({ hub, user }) {
  return { hub: versionIn(hub, 'jupyterhub'), lab: versionIn(user, 'jupyterlab') };
}

function versionIn(environment, name) {
  const script = `import importlib.metadata; print(importlib.metadata.version(${JSON.stringify(name)}))`;
  return execFileSync(join(environment, 'bin', 'python'), ['-c', script], { encoding: 'utf8' }).trim();
}
