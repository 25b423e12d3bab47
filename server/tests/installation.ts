import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

export const CHECKOUT = resolve(__dirname, '../..');

/** What a real hub is made of. */
export interface Installation {
  hubPython: string;
  userPython: string;
  /** For `Spawner.cmd`. The runner lies beside it. */
  singleUser: string;
  proxy: string;
  /** Variables that the Hub and all that it starts need to find the package and a Node. */
  environment: Record<string, string>;
}

/**
 * The environments that `npm test` has installed the wheel into; without it, environments that lack the package, with
 * the package of this checkout laid over them in `folder`.
 */
export function provideInstallation(
  folder: string,
  hubPython = variable('DASHBOARDS_HUB_PYTHON', 'the Python that has jupyterhub')
): Installation {
  const userPython = variable('DASHBOARDS_USER_PYTHON', 'the Python that single-user servers run in');
  const proxy = proxyProgram();
  // npm puts the programs of the checkout's packages in front.
  const path = (process.env.PATH ?? '')
    .split(':')
    .filter(place => !place.includes('/node_modules/'))
    .join(':');
  if (process.env.DASHBOARDS_WHEEL) {
    const singleUser = join(dirname(userPython), 'jupyterhub-singleuser');
    return { hubPython, userPython, proxy, singleUser, environment: { PATH: path } };
  }
  return {
    hubPython,
    userPython,
    proxy,
    singleUser: layOver(folder, userPython),
    environment: { PATH: `${dirname(process.execPath)}:${path}`, PYTHONPATH: join(folder, 'site') }
  };
}

/** The Hub's proxy. */
export function proxyProgram(): string {
  return (
    process.env.DASHBOARDS_PROXY ?? join(CHECKOUT, 'node_modules/configurable-http-proxy/bin/configurable-http-proxy')
  );
}

/** The value of a variable that `npm test` sets. */
export function variable(name: string, what: string): string {
  const value = process.env[name];
  if (!value) {
    throw new Error(`${name} is not set: ${what}. "npm test" sets it; for a single run, give the path yourself.`);
  }
  return value;
}

/** The Python package with freshly bundled programs, and commands as an installation would have them. */
function layOver(folder: string, userPython: string): string {
  const bin = join(folder, 'bin');
  const copied = join(folder, 'site/jupyterhub_dashboards');
  cpSync(join(CHECKOUT, 'jupyterhub_dashboards'), copied, {
    recursive: true,
    filter: path => !/(?:__pycache__|labextension|tests|\/js)$/.test(path)
  });
  const scripts = join(copied, 'js');
  mkdirSync(scripts);
  execFileSync(process.execPath, [join(CHECKOUT, 'scripts/build/bundle.mjs'), scripts], { stdio: 'pipe' });
  mkdirSync(bin);
  const command = (name: string, line: string) =>
    writeFileSync(join(bin, name), `#!/bin/sh\n${line}\n`, { mode: 0o755 });
  command('jupyterhub-singleuser', `exec '${userPython}' -m jupyterhub.singleuser "$@"`);
  command('jupyterhub-dashboards-runner', `exec '${userPython}' -m jupyterhub_dashboards.launcher "$@"`);
  command('jupyterhub-dashboards', `exec '${userPython}' -m jupyterhub_dashboards.command "$@"`);
  command('python3', `exec '${userPython}' "$@"`);
  return join(bin, 'jupyterhub-singleuser');
}
