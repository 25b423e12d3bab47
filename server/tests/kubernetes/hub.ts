import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { eventually } from '../../service/testing/test-service';
import type { TestHub } from '../hub';
import { processesOf } from '../leftovers';
import { ask } from '../request';
import { SERVICE } from '../service-process';
import type { Cluster } from './cluster';
import { createHubRole } from './hub-role';
import { HOME, SINGLE_USER_IMAGE, type ProductCluster } from './product';
import { startProgram } from './program';
import { startProxy, type KubernetesProxy } from './proxy';
import { STOCK } from './storage-settings';

export interface KubernetesHub extends TestHub {
  /** Its address for pods, which do not reach that of browsers. */
  inside: string;
  /** Kills the Hub, with the service that it has started, and starts another one with the same database and address. */
  replace(): Promise<void>;
}

export interface KubernetesHubOptions {
  users: string[];
  /** The lines that Zero to JupyterHub makes of `singleuser.storage`; as it comes unless given. */
  storage?: string;
  /** More lines for jupyterhub_config.py, before `configure(c)`. */
  config?: string;
  /** More arguments for `configure(c)`, as Python. */
  configure?: string;
  /** Of what the Hub asks Kubernetes with, and the service with it. */
  hubKubeconfig?: string;
  /** Of what the service asks Kubernetes with, instead of the Hub's. */
  serviceKubeconfig?: string;
  /** Starts the service in a pod of its own, and answers with lines in place of those for one that the Hub starts. */
  serviceInPod?: (places: Places) => Promise<string>;
}

export interface Places {
  /** Takes what belongs to this Hub. */
  folder: string;
  /** The Hub's own address. */
  host: string;
  hubUrl: string;
  proxy: KubernetesProxy;
}

const ADMIN_TOKEN = 'test-administrator';
const START_MS = 120_000;
const UNTIL_READY_SECONDS = 120;
const HUB_PORT = 8081;
const SERVICE_PORT = 10202;

/**
 * A real JupyterHub with the dashboards' service beside it, whose servers are pods, with the settings and the rights of Zero
 * to JupyterHub: Hub, proxy and pods have an address each, and browsers know another one. `home` is that in the pods.
 */
export async function startKubernetesHub(
  cluster: ProductCluster,
  options: KubernetesHubOptions
): Promise<KubernetesHub> {
  const { hubPython, environment } = cluster.product.hub;
  const data = mkdtempSync(join(cluster.folder, 'hub-'));
  await createHubRole(cluster.api, cluster.namespace);
  const address = await cluster.attach();
  const hubUrl = `http://${address.ip}:${HUB_PORT}`;
  const proxy = await startProxy(cluster, hubUrl, data);
  const configFile = join(data, 'jupyterhub_config.py');
  const places = { folder: data, host: address.ip, hubUrl, proxy };
  const ours = (await options.serviceInPod?.(places)) ?? serviceOfHub(places, options);
  writeFileSync(configFile, config(cluster, places, options, ours));
  const logFile = join(data, 'hub.log');
  const log = () => readFileSync(logFile, 'utf8');
  const launch = () =>
    startProgram(
      'jupyterhub',
      [...address.inside, 'env', '-C', data, hubPython, '-m', 'jupyterhub', '-f', configFile],
      logFile,
      {
        ...environment,
        HOME: data,
        LANG: 'C.UTF-8',
        PYTHONUNBUFFERED: '1',
        KUBECONFIG: options.hubKubeconfig ?? cluster.kubeconfig('hub'),
        CONFIGPROXY_AUTH_TOKEN: proxy.token
      }
    );
  let program = launch();
  const url = `http://127.0.0.1:${proxy.port}/`;
  const api: TestHub['api'] = async (method, path, body) => {
    const { status, text } = await ask(`${url}hub/api/${path}`, {
      method,
      headers: { authorization: `token ${ADMIN_TOKEN}`, 'content-type': 'application/json' },
      body: body === undefined ? undefined : JSON.stringify(body)
    });
    return { status, body: text ? (JSON.parse(text) as unknown) : null };
  };
  const hub: KubernetesHub = {
    url,
    inside: proxy.url,
    serviceUrl: `${url}services/dashboards/`,
    dashboardsOrigin: `http://localhost:${proxy.port}`,
    api,
    log,
    home: () => HOME,
    folder: data,
    async token(user, scopes) {
      const { body } = await api('POST', `users/${user}/tokens`, { note: 'test', scopes });
      return (body as { token: string }).token;
    },
    async replace() {
      const ended = new Promise(done => program.child.once('exit', done));
      program.child.kill('SIGKILL');
      await ended;
      // It ends by itself, and leaves its port to the next one.
      await eventually(() => processesOf(hub, SERVICE).length === 0);
      program = launch();
      await answers();
    },
    async stop() {
      await program.stop();
      await proxy.stop();
      await address.detach();
    }
  };
  const answers = () =>
    eventually(async () => {
      program.assertRunning();
      proxy.assertRunning();
      return (await ask(`${hub.serviceUrl}api/v1/health`).catch(() => null))?.status === 200;
    }, START_MS);
  try {
    await answers();
    for (const user of options.users) {
      await api('POST', `users/${user}`);
    }
    return hub;
  } catch (error) {
    await hub.stop();
    throw new Error(`The Hub did not start:\n${log().slice(-4_000)}`, { cause: error });
  }
}

const py = (value: unknown) => JSON.stringify(value);

function config(
  cluster: Cluster,
  { folder, hubUrl, proxy }: Places,
  { users, storage = STOCK, config: more = '' }: KubernetesHubOptions,
  ours: string
): string {
  return `
c = get_config()  # noqa: F821
c.JupyterHub.db_url = ${py(`sqlite:///${join(folder, 'hub.sqlite')}`)}
c.JupyterHub.cookie_secret_file = ${py(join(folder, 'cookie_secret'))}
c.JupyterHub.authenticator_class = "dummy"
c.Authenticator.allowed_users = set(${py(users)})
c.JupyterHub.allow_named_servers = True
c.JupyterHub.services = [{"name": "test-administrator", "api_token": "${ADMIN_TOKEN}"}]
c.JupyterHub.load_roles = [
    {
        "name": "test",
        "services": ["test-administrator"],
        "scopes": ["admin:users", "admin:servers", "access:servers", "tokens", "groups"],
    }
]

c.JupyterHub.spawner_class = "kubespawner.KubeSpawner"
c.KubeSpawner.namespace = "${cluster.namespace}"
c.KubeSpawner.image = "${SINGLE_USER_IMAGE}"
c.KubeSpawner.start_timeout = ${UNTIL_READY_SECONDS}
c.KubeSpawner.http_timeout = ${UNTIL_READY_SECONDS}
c.KubeSpawner.delete_grace_period = 1
# Tests do not wait for half a minute until the Hub looks for a pod that is gone.
c.KubeSpawner.poll_interval = 2

# What Zero to JupyterHub sets where an operator sets nothing.
c.JupyterHub.hub_bind_url = "http://:${HUB_PORT}"
c.JupyterHub.hub_connect_url = "${hubUrl}"
c.ConfigurableHTTPProxy.api_url = "${proxy.apiUrl}"
c.ConfigurableHTTPProxy.should_start = False
c.JupyterHub.cleanup_servers = False
c.JupyterHub.last_activity_interval = 60
c.JupyterHub.tornado_settings = {"slow_spawn_timeout": 0}
c.KubeSpawner.cmd = ["jupyterhub-singleuser"]
c.KubeSpawner.uid = 1000
c.KubeSpawner.fs_gid = 100
c.KubeSpawner.automount_service_account_token = False
${storage}
${more}
${ours}
`;
}

function serviceOfHub(
  { folder, host, proxy }: Places,
  { configure = '', serviceKubeconfig }: KubernetesHubOptions
): string {
  return `
from jupyterhub_dashboards import configure

configure(
    c,
    hub_url="http://127.0.0.1:${proxy.port}/",
    dashboards_origin="http://localhost:${proxy.port}",
    relay_url="${proxy.url}",
    service_host="${host}",
    service_port=${SERVICE_PORT},
    database=${py(join(folder, 'dashboards.sqlite'))},
    ${configure}
)
${serviceKubeconfig ? `c.JupyterHub.services[-1]["environment"]["KUBECONFIG"] = ${py(serviceKubeconfig)}` : ''}
`;
}
