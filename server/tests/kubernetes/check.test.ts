import { join } from 'node:path';

import { eventually } from '../../service/testing/test-service';
import { variable } from '../installation';
import { startCheck, type Checked, type CheckedLine } from './check-command';
import { startDriver, type Driver } from './driver';
import { startKubernetesHub, type KubernetesHub } from './hub';
import { allowSnapshots } from './hub-role';
import type { Claim, KubernetesObject, Pod, VolumeSnapshot } from './objects';
import { startProductCluster, type ProductCluster } from './product';
import { PER_USER, STOCK } from './storage-settings';

jest.setTimeout(400_000);

const ON_KUBERNETES = ['cluster-rights', 'clone', 'volume-snapshot', 'shared-homes', 'volume-strategy'];
const NOT_CLONED = 'not-cloned';
const BY_VOLUMES = 'strategies=["clone", "volume-snapshot", "relay", "git"]';
/** In so many seconds. */
const IN_TIME = String.raw`in \d+\.\d s while it was in use`;

let cluster: ProductCluster;
let hub: KubernetesHub | undefined;
let uncloned: Driver | undefined;

beforeAll(async () => {
  cluster = await startProductCluster();
});
afterEach(async () => {
  cluster.storage.release();
  await hub?.stop();
  hub = undefined;
  await cluster.clear();
});
afterAll(async () => {
  await uncloned?.stop();
  await cluster?.stop();
});

async function startHub(configure: string, storage = STOCK): Promise<KubernetesHub> {
  const config = 'c.Authenticator.admin_users = {"root"}';
  hub = await startKubernetesHub(cluster, { users: ['root'], config, configure, storage });
  return hub;
}

async function check(on: KubernetesHub): Promise<Checked> {
  const checked = await (await startCheck(cluster.product, on)).ended;
  const shown = [...checked.lines.values()].filter(({ id }) => ON_KUBERNETES.includes(id) || id === 'removal');
  process.stderr.write(`\n${shown.map(told).join('\n')}\n`);
  return checked;
}

function told({ id, state, sentence, fix }: CheckedLine): string {
  return `  ${state} ${id}: ${sentence}${fix ? ` → ${fix.replaceAll('\n', '\n    ')}` : ''}`;
}

function failing({ lines }: Checked): string[] {
  return [...lines.values()].filter(({ state }) => state === 'failed').map(({ id }) => id);
}

/** Whatever of the check is in the cluster. */
async function left(): Promise<string[]> {
  const snapshots = `/apis/snapshot.storage.k8s.io/v1/namespaces/${cluster.namespace}/volumesnapshots`;
  const found = [
    ...(await cluster.api.list<Pod>(`${cluster.path}/pods`)).items,
    ...(await cluster.api.list<Claim>(`${cluster.path}/persistentvolumeclaims`)).items,
    ...(await cluster.api.list<VolumeSnapshot>(snapshots)).items
  ];
  return found.map(({ metadata }) => metadata.name).filter(name => name.includes('dash'));
}

async function expectNothingLeft(on: KubernetesHub): Promise<void> {
  await eventually(async () => (await left()).length === 0, 60_000);
  const { body } = await on.api('GET', 'users/root?include_stopped_servers=1');
  expect(Object.keys((body as { servers: object }).servers).filter(Boolean)).toEqual([]);
}

/** Does with a fix what it says. */
async function paste(fix: string): Promise<void> {
  const [, manifests = ''] = /^kubectl apply .*\napiVersion: v1\nkind: List\nitems:\n([^]*)$/.exec(fix) ?? [];
  const path = `/apis/rbac.authorization.k8s.io/v1/namespaces/${cluster.namespace}`;
  const [, role = '', binding = ''] = manifests.split(/^ {2}- /m).map(item => item.replace(/^ {4}/gm, ''));
  await cluster.api.createFromYaml(`${path}/roles`, role);
  await cluster.api.createFromYaml(`${path}/rolebindings`, binding);
}

test('a Role that lacks rights is found, and what is pasted is enough: each way is tried on a home in use', async () => {
  const on = await startHub(BY_VOLUMES);
  const before = await check(on);
  expect(failing(before)).toEqual(['cluster-rights', 'volume-snapshot']);
  expect(before.lines.get('clone')?.sentence).toMatch(
    new RegExp(`^The volume claim-root--dash-check-\\S+ was cloned ${IN_TIME};`)
  );
  expect(before.lines.get('volume-strategy')).toMatchObject({
    state: 'ok',
    sentence: expect.stringContaining('(clone)') as string
  });
  const rights = before.lines.get('cluster-rights');
  expect(rights?.sentence).toBe(
    'The service asks Kubernetes as hub, and may not create, list, get, delete volumesnapshots in the namespace jhub.'
  );
  await expectNothingLeft(on);

  await paste(rights?.fix ?? '');
  const after = await check(on);
  expect({ failing: failing(after), code: after.code }).toEqual({ failing: [], code: 0 });
  expect(after.lines.get('cluster-rights')).toMatchObject({ state: 'ok' });
  expect(after.lines.get('clone')?.state).toBe('ok');
  expect(after.lines.get('volume-snapshot')).toMatchObject({
    state: 'ok',
    sentence: expect.stringMatching(`was made again from a snapshot ${IN_TIME}; another server`) as string
  });
  expect(after.lines.get('shared-homes')?.sentence).toContain('of its own');
  expect(after.lines.get('volume-strategy')).toMatchObject({
    state: 'ok',
    sentence: expect.stringMatching(/\d s and 10Gi, and .* --storage clone$/) as string
  });
  await expectNothingLeft(on);
});

test('a check that is interrupted in the middle of a clone leaves nothing', async () => {
  const on = await startHub('strategies=["clone", "git"]');
  cluster.storage.hold();
  const { process: command, ended } = await startCheck(cluster.product, on);
  await eventually(async () => (await left()).some(name => name.startsWith('dash-check')), 120_000);
  command.kill('SIGINT');
  expect(await ended).toMatchObject({ code: 130, error: expect.stringContaining('interrupted') as string });
  cluster.storage.release();
  await expectNothingLeft(on);
});

test('a storage that clones nothing is found, and said what is done instead', async () => {
  uncloned = await startDriver(join(cluster.folder, 'not-cloned'), {
    binaries: variable('DASHBOARDS_KUBERNETES', "the folder of the test cluster's programs"),
    kubeconfig: cluster.kubeconfig('storage'),
    name: `${NOT_CLONED}.csi.test`,
    clones: false,
    root: cluster.storage.root
  });
  const made: KubernetesObject & { provisioner: string } = {
    metadata: { name: NOT_CLONED },
    provisioner: `${NOT_CLONED}.csi.test`
  };
  await cluster.api.create('/apis/storage.k8s.io/v1/storageclasses', made);
  await allowSnapshots(cluster.api, cluster.namespace);
  const on = await startHub(BY_VOLUMES, `${STOCK}\nc.KubeSpawner.storage_class = "${NOT_CLONED}"`);
  const checked = await check(on);
  expect(failing(checked)).toEqual([]);
  expect(checked.lines.get('clone')).toMatchObject({
    state: 'warning',
    sentence: expect.stringContaining('does not support clone') as string,
    fix: expect.stringContaining('strategies=["volume-snapshot", "relay", "git"]') as string
  });
  expect(checked.lines.get('volume-snapshot')).toMatchObject({ state: 'warning' });
  expect(checked.lines.get('volume-strategy')).toMatchObject({
    state: 'warning',
    sentence: expect.stringContaining('by sending them from one server to the other (relay)') as string,
    fix: expect.stringContaining('strategies=["relay", "git"]') as string
  });
  await expectNothingLeft(on);
});

test('a clone that does not come is waited for as long as a build would, and fails', async () => {
  const on = await startHub('strategies=["clone", "relay", "git"], clone_timeout=3');
  cluster.storage.hold();
  const checked = await check(on);
  expect(failing(checked)).toEqual(['clone', 'volume-strategy']);
  expect(checked.lines.get('clone')?.sentence).toContain('was not cloned within 3 s');
  expect(checked.lines.get('volume-strategy')?.fix).toContain('strategies=["relay", "git"]');
  cluster.storage.release();
  await expectNothingLeft(on);
});

test('homes that all servers of a user have are told from those of each server, by two pods', async () => {
  const on = await startHub('', PER_USER);
  const checked = await check(on);
  expect(failing(checked)).toEqual([]);
  expect([...checked.lines.keys()].filter(id => ON_KUBERNETES.includes(id))).toEqual([
    'shared-homes',
    'volume-strategy'
  ]);
  expect(checked.lines.get('shared-homes')?.sentence).toContain('another one sees there');
  expect(checked.lines.get('volume-strategy')?.sentence).toContain('(snapshot)');
  await expectNothingLeft(on);
});
