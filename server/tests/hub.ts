import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, openSync, closeSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { freePorts } from './free-ports';
import { provideInstallation, type Installation } from './installation';
import { ask } from './request';

const START_MS = 60_000;
const STOP_MS = 20_000;

/** A real JupyterHub with configurable-http-proxy, local servers, service and runner. */
export interface TestHub {
  /** As browsers see it, with a slash at the end: on 127.0.0.1, or on the domain that all others lie below. */
  url: string;
  serviceUrl: string;
  /** On `localhost`: the same proxy under another name. With subdomains, that of the owner instead. */
  dashboardsOrigin: string;
  /** A token of a user's with exactly these scopes. */
  token(user: string, scopes: string[]): Promise<string>;
  /** The Hub's API, asked as an administrator. */
  api(method: string, path: string, body?: unknown): Promise<{ status: number; body: unknown }>;
  home(user: string): string;
  /** Of the Hub's and the service's data. */
  folder: string;
  log(): string;
  stop(): Promise<void>;
}

export interface TestHubOptions {
  users: string[];
  admins?: string[];
  groups?: Record<string, string[]>;
  /** A domain for each user and service (`JupyterHub.subdomain_host`). */
  subdomains?: boolean;
  /** Arguments for `configure(c)`, as Python. */
  configure?: string;
  /** More lines for jupyterhub_config.py, before `configure(c)`. */
  config?: string;
}

const ADMIN_TOKEN = 'test-administrator';
const DOMAIN = 'hub.example.localhost';

export async function startTestHub(options: TestHubOptions): Promise<TestHub> {
  const data = mkdtempSync(join(tmpdir(), 'dashboards-hub-'));
  const installation = provideInstallation(data);
  const [port = 0, hubPort = 0, proxyPort = 0] = await freePorts(3);
  const dashboardsOrigin = `http://localhost:${port}`;
  const configFile = join(data, 'jupyterhub_config.py');
  writeFileSync(configFile, config(data, { port, hubPort, proxyPort, dashboardsOrigin }, installation, options));
  const logFile = join(data, 'hub.log');
  const log = () => readFileSync(logFile, 'utf8');
  const child = launch(installation, configFile, data, logFile);
  const url = options.subdomains ? `http://${DOMAIN}:${port}/` : `http://127.0.0.1:${port}/`;
  const serviceHost = options.subdomains ? `http://dashboards--service.${DOMAIN}:${port}/` : url;
  const serviceUrl = `${serviceHost}services/dashboards/`;

  const api: TestHub['api'] = async (method, path, body) => {
    const { status, text } = await ask(`${url}hub/api/${path}`, {
      method,
      headers: { authorization: `token ${ADMIN_TOKEN}`, 'content-type': 'application/json' },
      body: body === undefined ? undefined : JSON.stringify(body)
    });
    return { status, body: text ? (JSON.parse(text) as unknown) : null };
  };
  const hub: TestHub = {
    url,
    serviceUrl,
    dashboardsOrigin,
    api,
    log,
    home: user => join(data, 'home', user),
    folder: data,
    async token(user, scopes) {
      const { status, body } = await api('POST', `users/${encodeURIComponent(user)}/tokens`, { note: 'test', scopes });
      if (status !== 201) {
        throw new Error(`no token for ${user}: ${JSON.stringify(body)}`);
      }
      return (body as { token: string }).token;
    },
    async stop() {
      await stopProcess(child);
      rmSync(data, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
    }
  };
  try {
    await answers(`${serviceUrl}api/v1/health`, child, log);
    for (const user of [...options.users, ...(options.admins ?? [])]) {
      mkdirSync(hub.home(user), { recursive: true });
      await api('POST', `users/${encodeURIComponent(user)}`);
    }
    return hub;
  } catch (error) {
    await hub.stop();
    throw error;
  }
}

interface Places {
  port: number;
  hubPort: number;
  proxyPort: number;
  dashboardsOrigin: string;
}

function config(
  data: string,
  places: Places,
  { proxy, singleUser }: Installation,
  { users, admins = [], groups = {}, subdomains = false, ...options }: TestHubOptions
): string {
  const py = (value: unknown) => JSON.stringify(value);
  const members = Object.fromEntries(Object.entries(groups).map(([name, list]) => [name, { users: list }]));
  return `
import os, select, signal, threading, time
from jupyterhub_dashboards import configure

# Tests that are interrupted leave nobody who would stop the Hub.
tests = os.pidfd_open(${process.pid})
def end_with_tests():
    select.select([tests], [], [])
    # A Hub that is still starting would leave its proxy behind.
    while signal.getsignal(signal.SIGTERM) == signal.SIG_DFL:
        time.sleep(0.1)
    os.kill(os.getpid(), signal.SIGTERM)
threading.Thread(target=end_with_tests, daemon=True).start()

c = get_config()  # noqa: F821
c.JupyterHub.bind_url = "http://127.0.0.1:${places.port}"
c.JupyterHub.hub_ip = "127.0.0.1"
c.JupyterHub.hub_port = ${places.hubPort}
c.JupyterHub.db_url = ${py(`sqlite:///${join(data, 'hub.sqlite')}`)}
c.JupyterHub.cookie_secret_file = ${py(join(data, 'cookie_secret'))}
c.ConfigurableHTTPProxy.command = [${py(process.execPath)}, ${py(proxy)}]
c.ConfigurableHTTPProxy.api_url = "http://127.0.0.1:${places.proxyPort}"
c.ConfigurableHTTPProxy.pid_file = ${py(join(data, 'proxy.pid'))}
c.JupyterHub.authenticator_class = "dummy"
c.Authenticator.allowed_users = set(${py([...users, ...admins])})
c.Authenticator.admin_users = set(${py(admins)})
c.JupyterHub.load_groups = ${py(members)}
c.JupyterHub.spawner_class = "simple"
c.SimpleLocalProcessSpawner.home_dir_template = ${py(join(data, 'home', '{username}'))}
c.Spawner.cmd = [${py(singleUser)}]
c.Spawner.args = ["--allow-root"] if os.geteuid() == 0 else []
c.Spawner.env_keep = ["PATH", "PYTHONPATH", "LANG"]
c.JupyterHub.services = [{"name": "test-administrator", "api_token": "${ADMIN_TOKEN}"}]
c.JupyterHub.load_roles = [
    {"name": "test", "services": ["test-administrator"], "scopes": ["admin:users", "admin:servers", "tokens", "groups"]}
]
${subdomains ? `c.JupyterHub.subdomain_host = "http://${DOMAIN}:${places.port}"` : ''}
${options.config ?? ''}
configure(c, ${subdomains ? '' : `dashboards_origin="${places.dashboardsOrigin}", `}database=${py(join(data, 'dashboards.sqlite'))}, ${options.configure ?? ''})
`;
}

function launch({ hubPython, environment }: Installation, config: string, data: string, log: string): ChildProcess {
  const file = openSync(log, 'a');
  const child = spawn(hubPython, ['-m', 'jupyterhub', '-f', config], {
    cwd: data,
    stdio: ['ignore', file, file],
    env: {
      ...environment,
      HOME: data,
      PYTHONUNBUFFERED: '1',
      LANG: 'C.UTF-8'
    }
  });
  closeSync(file);
  return child;
}

async function answers(url: string, child: ChildProcess, log: () => string): Promise<void> {
  const deadline = Date.now() + START_MS;
  while (Date.now() < deadline && child.exitCode === null) {
    if ((await ask(url).catch(() => null))?.status === 200) {
      return;
    }
    await new Promise(done => setTimeout(done, 100));
  }
  throw new Error(`The Hub did not start:\n${log().slice(-4_000)}`);
}

/** Ends a program that ends what it has started, and waits for it. */
export async function stopProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) {
    return;
  }
  const exited = new Promise(done => child.once('exit', done));
  // The Hub stops single-user servers, the service and the proxy itself.
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
  await exited;
  clearTimeout(timer);
}
