import { spawn } from 'node:child_process';
import { closeSync, copyFileSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { isFree, freePorts } from '../../scripts/demo/ports.mjs';
import { signIn } from '../../scripts/demo/people.mjs';
import { buildLive } from '../../scripts/demo/publish.mjs';
import { until } from '../../scripts/demo/wait.mjs';
import { OWNER, VIEWER } from '../hub.mjs';

const BACKEND = join(dirname(fileURLToPath(import.meta.url)), 'backend.mjs');

/**
 * Publishes the backend as a dashboard, and lets a viewer sign in to it.
 *
 * @returns {Promise<{ dashboard: object, direct: number, runner: number, page: string, viewer: object }>} ports of the app
 *   and of the runner in front of it, and the address at which the viewer has its page
 */
export async function publishBackend({ data, signal }, { hub, call }) {
  const folder = join(data, 'home', OWNER, 'backend');
  const told = join(data, 'backend.port');
  mkdirSync(folder, { recursive: true });
  copyFileSync(BACKEND, join(folder, 'backend.mjs'));
  const { dashboard, build } = await call('POST', 'api/v1/dashboards', {
    name: 'Backend',
    source: { kind: 'files', root: folder, entry: 'backend.mjs', scope: 'folder' },
    framework: 'command',
    command: `${process.execPath} backend.mjs ${told}`,
    audience: { kind: 'people', users: [VIEWER], groups: [] }
  });
  await buildLive(call, build.id, { signal, log: hub.log });
  const viewer = await signIn(hub, VIEWER);
  const page = await until(
    'The viewer did not get the page of the backend',
    async () => {
      const { url, text } = await viewer.open(dashboard.link, { signal });
      return /\/v\/1\/$/.test(url) && /^x+$/.test(text) ? url : undefined;
    },
    { signal, log: hub.log }
  );
  return { dashboard, direct: Number(readFileSync(told, 'utf8')), runner: runnerPort(hub.log), page, viewer };
}

/** The runner says in the Hub's log where it listens. */
function runnerPort(log) {
  const line = readFileSync(log, 'utf8')
    .split('\n')
    .findLast(one => one.includes('"dashboards-runner"') && one.includes('"listening"'));
  return JSON.parse(line.slice(line.indexOf('{'))).port;
}

/**
 * Starts a configurable-http-proxy that passes everything to the backend.
 *
 * @returns {Promise<number>} its port
 */
export async function startProxy({ installation, data, signal }, backend) {
  const [port, api] = await freePorts(2);
  const file = openSync(join(data, 'chp.log'), 'a');
  const args = ['--ip', '127.0.0.1', '--port', port, '--api-port', api, '--log-level', 'warn'];
  spawn(installation.node, [installation.proxy, ...args, '--default-target', `http://127.0.0.1:${backend}`], {
    stdio: ['ignore', file, file],
    // Found by the folder in its environment, and ended with the rest.
    env: { ...process.env, BENCH_FOLDER: data }
  });
  closeSync(file);
  await until('configurable-http-proxy did not start', async () => ((await isFree(port)) ? undefined : true), {
    signal
  });
  return port;
}
