import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { eventually } from '../../service/testing/test-service';
import { CHECKOUT, provideInstallation } from '../installation';
import { ask } from '../request';
import { startCluster, type Cluster } from './cluster';
import type { Image } from './kubelet/image';
import type { Claim, PersistentVolume, Pod } from './objects';

const IMAGE = 'registry.example.org/dashboards:1';
const LOOKS_AGAIN_MS = 60_000;
const SYSTEM = '/usr/local/bin:/usr/bin:/bin';

let folder: string;
let manifests: string[];
let cluster: Cluster;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'dashboards-service-'));
  chmodSync(folder, 0o755);
  const { hubPython, environment } = provideInstallation(folder);
  cluster = await startCluster({ [IMAGE]: image(hubPython, environment) });
  const words = ['values', '--storage', 'relay', '--part', 'manifests', '--image', IMAGE];
  const command = ['-m', 'jupyterhub_dashboards.command', ...words];
  const env = { ...process.env, ...environment };
  manifests = execFileSync(hubPython, command, { encoding: 'utf8', env }).split(/^---$/m);
  for (const text of manifests) {
    await create(text);
  }
});

afterAll(async () => {
  await cluster?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** What `deploy/images/service.Dockerfile` makes: the package with its commands, and Node. */
function image(python: string, environment: Record<string, string>): Image {
  const program = 'jupyterhub-dashboards-service';
  let place = dirname(python);
  if (!existsSync(join(place, program))) {
    place = join(folder, 'service');
    execFileSync('mkdir', [place]);
    const script = `#!/bin/sh\nexec '${python}' -m jupyterhub_dashboards.service_command "$@"\n`;
    writeFileSync(join(place, program), script, { mode: 0o755 });
  }
  return {
    user: { name: 'dashboards', uid: 1000, gid: 1000 },
    home: '/home/dashboards',
    files: [python, join(place, program), process.execPath, join(CHECKOUT, 'package.json')],
    env: { ...environment, PATH: `${place}:${environment.PATH ?? ''}:${SYSTEM}` },
    command: [program]
  };
}

async function create(text: string): Promise<void> {
  const kind = /^kind: (\w+)$/m.exec(text)![1]!;
  const groups: Record<string, string> = { NetworkPolicy: 'networking.k8s.io', Deployment: 'apps' };
  const api = groups[kind] ? `/apis/${groups[kind]}/v1` : '/api/v1';
  const type = kind === 'NetworkPolicy' ? 'networkpolicies' : `${kind.toLowerCase()}s`;
  // Programs of this machine may be below /tmp, and would be hidden there.
  const changed = text.replace('mountPath: /tmp', 'mountPath: /run/scratch');
  await cluster.api.ask('POST', `${api}/namespaces/${cluster.namespace}/${type}`, changed, 'application/yaml');
}

/** The pod that the Deployment has made, other than the one with this name, once it has an address. */
function pod(not?: string): Promise<Pod & { status: { podIP: string } }> {
  return eventually(async () => {
    const { items } = await cluster.api.list<Pod>(`${cluster.path}/pods`);
    const found = items.find(one => one.metadata.name !== not && one.status?.phase === 'Running');
    return found?.status?.podIP ? (found as Pod & { status: { podIP: string } }) : null;
  }, LOOKS_AGAIN_MS);
}

async function status(of: { status: { podIP: string } }, path: string): Promise<number | undefined> {
  const url = `http://${of.status.podIP}:10202/services/dashboards/${path}`;
  return (await ask(url).catch(() => null))?.status;
}

async function volume(): Promise<string> {
  const claim = await cluster.api.get<Claim>(`${cluster.path}/persistentvolumeclaims/dashboards`);
  const found = await cluster.api.get<PersistentVolume>(`/api/v1/persistentvolumes/${claim.spec.volumeName}`);
  return cluster.volume(found.spec.csi!.volumeHandle);
}

test('the printed Deployment runs the service, which keeps its database in its claim when its pod is replaced', async () => {
  const first = await pod();
  expect(first.spec.volumes?.filter(one => one.projected)).toEqual([]);
  // There is no Hub that it could ask whether there were dashboards before: it says so, and listens.
  await eventually(async () => (await status(first, '')) === 200, LOOKS_AGAIN_MS);
  await expect(status(first, 'api/v1/health')).resolves.toBe(503);
  expect(cluster.output(first.metadata.name, 'service')).toContain(
    'There is no dashboards database /srv/dashboards/dashboards.sqlite yet'
  );

  // So an administrator begins anew (docs/operators/running.md).
  const database = join(await volume(), 'dashboards.sqlite');
  execFileSync('install', ['--owner=1000', '--group=1000', '--mode=600', '/dev/null', database]);
  await eventually(async () => (await status(first, 'api/v1/health')) === 200, LOOKS_AGAIN_MS);
  const key = statSync(`${database}.key`);
  expect({ uid: key.uid, mode: key.mode & 0o777 }).toEqual({ uid: 1000, mode: 0o600 });
  expect(statSync(database).size).toBeGreaterThan(0);

  await cluster.api.delete(`${cluster.path}/pods/${first.metadata.name}`);
  const second = await pod(first.metadata.name);
  await eventually(async () => (await status(second, 'api/v1/health')) === 200, LOOKS_AGAIN_MS);
  expect(statSync(`${database}.key`).ino).toBe(key.ino);
});
