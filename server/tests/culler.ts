import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { stopProcess, type TestHub } from './hub';
import { variable } from './installation';

const TOKEN = 'test-culler';

/** Lines for jupyterhub_config.py: the rights that Zero to JupyterHub gives its culler, with `cull.users`. */
export const CULLER = `
c.JupyterHub.services.append({"name": "jupyterhub-idle-culler", "api_token": "${TOKEN}"})
c.JupyterHub.load_roles.append({
    "name": "jupyterhub-idle-culler",
    "services": ["jupyterhub-idle-culler"],
    "scopes": ["list:users", "read:users:activity", "read:servers", "delete:servers", "admin:users"],
})
`;

/** Lets jupyterhub-idle-culler look through the servers of a hub once a second while `work` goes on. */
export async function whileCulling<T>(
  hub: TestHub,
  flags: string[],
  work: () => Promise<T>,
  python = variable('DASHBOARDS_HUB_PYTHON', 'the Python that has jupyterhub')
): Promise<T> {
  const file = join(hub.folder, 'culler.log');
  const log = openSync(file, 'a');
  const culler = spawn(
    python,
    ['-m', 'jupyterhub_idle_culler', `--url=${hub.url}hub/api`, '--cull-every=1', '--concurrency=10', ...flags],
    { stdio: ['ignore', log, log], env: { PATH: process.env.PATH, JUPYTERHUB_API_TOKEN: TOKEN } }
  );
  closeSync(log);
  try {
    return await work();
  } catch (error) {
    throw new Error(`The culler has said:\n${readFileSync(file, 'utf8').slice(-2_000)}`, { cause: error });
  } finally {
    await stopProcess(culler);
  }
}
