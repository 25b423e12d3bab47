import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { eventually } from '../../service/testing/test-service';
import { freePorts } from '../free-ports';
import { proxyProgram, variable } from '../installation';
import { ask } from '../request';
import type { Cluster } from './cluster';
import { createHubRole } from './hub-role';
import type { Image } from './kubelet/image';
import { startProgram } from './program';
import { STORAGE_CLASS } from './storage';

/** A real JupyterHub whose servers are pods, with the settings and the rights of Zero to JupyterHub. */
export interface KubernetesHub {
  /** As browsers see it, with a slash at the end. */
  url: string;
  /** The Hub's API, asked as an administrator. */
  api(method: string, path: string, body?: unknown): Promise<{ status: number; body: unknown }>;
  log(): string;
  stop(): Promise<void>;
}

/** The name of the image that servers have. */
export const SINGLE_USER_IMAGE = 'test/singleuser:1';

const ADMIN_TOKEN = 'test-administrator';
const START_MS = 120_000;
const UNTIL_READY_SECONDS = 120;

/** What stands for the image of single-user servers: the environment that `npm test` has made for them. */
export function singleUserImage(): Image {
  const python = variable('DASHBOARDS_USER_PYTHON', 'the Python that single-user servers run in');
  return {
    user: { name: 'jovyan', uid: 1000, gid: 100 },
    home: '/home/jovyan',
    files: [python],
    env: { PATH: `${dirname(python)}:/usr/local/bin:/usr/bin:/bin` },
    command: ['jupyterhub-singleuser']
  };
}

/** Starts a Hub on a cluster that has the image of `singleUserImage`. `more` are further lines for its configuration. */
export async function startKubernetesHub(cluster: Cluster, users: string[], more = ''): Promise<KubernetesHub> {
  const python = variable('DASHBOARDS_KUBERNETES_HUB_PYTHON', 'the Python that has kubespawner');
  const data = join(cluster.folder, 'hub');
  mkdirSync(data);
  await createHubRole(cluster.api, cluster.namespace);
  const [port = 0, hubPort = 0, proxyPort = 0] = await freePorts(3);
  const configFile = join(data, 'jupyterhub_config.py');
  writeFileSync(configFile, config(data, cluster, { port, hubPort, proxyPort }, users, more));
  const logFile = join(data, 'hub.log');
  const program = startProgram(
    'jupyterhub',
    ['env', '-C', data, python, '-m', 'jupyterhub', '-f', configFile],
    logFile,
    {
      HOME: data,
      LANG: 'C.UTF-8',
      PYTHONUNBUFFERED: '1',
      KUBECONFIG: cluster.kubeconfig('hub')
    }
  );
  const url = `http://127.0.0.1:${port}/`;
  const hub: KubernetesHub = {
    url,
    async api(method, path, body) {
      const { status, text } = await ask(`${url}hub/api/${path}`, {
        method,
        headers: { authorization: `token ${ADMIN_TOKEN}`, 'content-type': 'application/json' },
        body: body === undefined ? undefined : JSON.stringify(body)
      });
      return { status, body: text ? (JSON.parse(text) as unknown) : null };
    },
    log: () => readFileSync(logFile, 'utf8'),
    stop: program.stop
  };
  try {
    await eventually(async () => {
      program.assertRunning();
      return (await ask(`${url}hub/api/`).catch(() => null))?.status === 200;
    }, START_MS);
    for (const user of users) {
      await hub.api('POST', `users/${user}`);
    }
    return hub;
  } catch (error) {
    await hub.stop();
    throw error;
  }
}

interface Ports {
  port: number;
  hubPort: number;
  proxyPort: number;
}

function config(data: string, cluster: Cluster, ports: Ports, users: string[], more: string): string {
  const py = (value: unknown) => JSON.stringify(value);
  // The proxy ends with its Hub, however that ends.
  const proxy = ['setpriv', '--pdeathsig', 'KILL', process.execPath, proxyProgram()];
  return `
c = get_config()  # noqa: F821
c.JupyterHub.bind_url = "http://127.0.0.1:${ports.port}"
c.JupyterHub.hub_bind_url = "http://${cluster.gateway}:${ports.hubPort}"
c.JupyterHub.hub_connect_url = "http://${cluster.gateway}:${ports.hubPort}"
c.JupyterHub.db_url = ${py(`sqlite:///${join(data, 'hub.sqlite')}`)}
c.JupyterHub.cookie_secret_file = ${py(join(data, 'cookie_secret'))}
c.ConfigurableHTTPProxy.command = ${py(proxy)}
c.ConfigurableHTTPProxy.api_url = "http://127.0.0.1:${ports.proxyPort}"
c.ConfigurableHTTPProxy.pid_file = ${py(join(data, 'proxy.pid'))}
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

# What Zero to JupyterHub sets where an operator sets nothing.
c.KubeSpawner.cmd = ["jupyterhub-singleuser"]
c.KubeSpawner.uid = 1000
c.KubeSpawner.fs_gid = 100
c.KubeSpawner.automount_service_account_token = False
c.KubeSpawner.storage_pvc_ensure = True
c.KubeSpawner.pvc_name_template = "claim-{user_server}"
c.KubeSpawner.storage_class = "${STORAGE_CLASS}"
c.KubeSpawner.storage_access_modes = ["ReadWriteOnce"]
c.KubeSpawner.storage_capacity = "10Gi"
c.KubeSpawner.volumes = [
    {"name": "volume-{user_server}", "persistentVolumeClaim": {"claimName": "{pvc_name}"}}
]
c.KubeSpawner.volume_mounts = [
    {"mountPath": "/home/jovyan", "name": "volume-{user_server}"}
]
${more}
`;
}
