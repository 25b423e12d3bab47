import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

import { tail } from '../setup/command.mjs';
import { Failure } from '../setup/failure.mjs';
import { freePorts } from './ports.mjs';
import { end, familyOf, isRunning, processesOf } from './processes.mjs';
import { startProxy } from './proxy.mjs';

const CONFIG = join(dirname(fileURLToPath(import.meta.url)), 'jupyterhub_config.py');
const START_MS = 90_000;
const STOP_MS = 15_000;
const POLL_MS = 100;

/**
 * @typedef {object} HubOptions
 * @property {string} data folder for everything that this hub writes
 * @property {number} [port] where people reach it; a free one if left out
 * @property {string} [baseUrl] with slashes at both ends
 * @property {string} password of all users
 * @property {string[]} users
 * @property {string[]} [admins]
 * @property {Record<string, { users: string[] }>} [groups]
 * @property {Record<string, unknown>} [configure] more arguments for `configure(c)`
 * @property {string} [config] a jupyterhub_config.py in place of the demonstration's
 * @property {boolean} [outlasted] the proxy is a program of its own and servers go on without the Hub, as on Kubernetes and
 *   wherever else a Hub is restarted while people work
 * @property {Record<string, string>} [env]
 * @property {AbortSignal} [signal] gives up starting
 * @property {(title: string, work: () => Promise<void>) => Promise<void>} [step] shows progress
 */

/**
 * @typedef {object} Hub
 * @property {string} url of the Hub, with base URL and a slash at the end; on 127.0.0.1
 * @property {string} service URL of the dashboards service
 * @property {string} dashboards origin that dashboards are served on; on localhost
 * @property {string} password
 * @property {string} data
 * @property {string} log the Hub's log file
 * @property {number} pid changes with a restart
 * @property {Promise<number | null>} exited resolves with the exit code, however the Hub ends
 * @property {(meanwhile?: () => Promise<void>) => Promise<void>} restart ends the Hub's process in order, does `meanwhile`, and
 *   starts it again on the same ports with the same data. What of the rest goes on depends on `outlasted`
 * @property {() => Promise<void>} stop ends the Hub and every process that it or its users have started
 */

/**
 * Starts a real JupyterHub with configurable-http-proxy and the dashboards service, and answers once both are up.
 *
 * @param {{ node: string, hub: string, user: string, proxy: string }} installation
 * @param {HubOptions} options
 * @returns {Promise<Hub>}
 */
export async function startHub(installation, options) {
  const { data, password, baseUrl = '/', step = (_, work) => work() } = options;
  await end(() => processesOf(data));
  mkdirSync(join(data, 'home'), { recursive: true });
  const [port, hubPort, proxyApiPort] = await freePorts(3).then(([first, ...rest]) => [options.port ?? first, ...rest]);
  const dashboards = `http://localhost:${port}`;
  const demo = {
    data,
    port,
    hubPort,
    proxyApiPort,
    baseUrl,
    password,
    users: options.users,
    admins: options.admins ?? [],
    groups: options.groups ?? {},
    proxyCommand: [installation.node, installation.proxy],
    singleUser: join(installation.user, 'bin', 'jupyterhub-singleuser'),
    configure: { dashboards_origin: dashboards, ...options.configure },
    proxyToken: options.outlasted ? randomUUID() : null
  };
  const log = join(data, 'hub.log');
  const url = `http://127.0.0.1:${port}${baseUrl}`;
  const service = `${url}services/dashboards/`;
  const proxy = options.outlasted ? startProxy(demo, log) : null;
  let run;
  const start = async () => {
    run = launch(installation, options, demo, log);
    const patience = { exited: run.exited, log, signal: options.signal };
    await step('JupyterHub', () => answers(`${url}hub/health`, 'The Hub', patience));
    await step('Dashboards service', () => answers(`${service}api/v1/health`, 'The dashboards service', patience));
  };
  const stop = async () => {
    await stopHub(run.child, data);
    proxy?.kill('SIGTERM');
  };
  try {
    await start();
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    ...{ url, service, dashboards, password, data, log, stop },
    get pid() {
      return run.child.pid;
    },
    get exited() {
      return run.exited;
    },
    async restart(meanwhile = async () => {}) {
      await terminate(run.child);
      await meanwhile();
      await start();
    }
  };
}

function launch(installation, options, demo, log) {
  const file = openSync(log, 'a');
  // In a process group of its own: Ctrl-C is for the script, which then stops the Hub in order.
  const child = spawn(join(installation.hub, 'bin', 'jupyterhub'), ['-f', options.config ?? CONFIG], {
    cwd: demo.data,
    detached: true,
    stdio: ['ignore', file, file],
    env: {
      ...process.env,
      PYTHONUNBUFFERED: '1',
      CONFIGPROXY_AUTH_TOKEN: undefined,
      ...options.env,
      DASHBOARDS_DEMO: JSON.stringify(demo)
    }
  });
  closeSync(file);
  return { child, exited: new Promise(resolve => child.once('exit', code => resolve(code))) };
}

async function answers(url, what, { exited, log, signal }) {
  const gone = exited.then(code => ({ code }));
  const deadline = performance.now() + START_MS;
  while (performance.now() < deadline) {
    const ended = await Promise.race([gone, respond(url)]);
    if (ended === true) {
      return;
    }
    if (ended) {
      throw new Failure(`The Hub ended while starting (exit code ${ended.code}).`, { log, tail: tail(log) });
    }
    await delay(POLL_MS, undefined, { signal });
  }
  throw new Failure(`${what} did not answer within ${START_MS / 1_000} s.`, { log, tail: tail(log) });
}

async function respond(url) {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(5_000) });
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  }
}

async function stopHub(child, data) {
  const family = familyOf(child.pid);
  await terminate(child);
  await end(() => [...new Set([...family.filter(isRunning), ...processesOf(data)])].filter(isRunning));
}

/** The Hub stops what belongs to it itself: its services, and unless it is outlasted the proxy and everybody's servers. */
async function terminate(child) {
  if (child.exitCode === null && child.signalCode === null) {
    child.kill('SIGTERM');
    const deadline = performance.now() + STOP_MS;
    while (isRunning(child.pid) && performance.now() < deadline) {
      await delay(POLL_MS);
    }
  }
}
