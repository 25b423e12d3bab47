import { join } from 'node:path';

import type { Dashboard, LogPage } from '../../contract';
import { eventually } from '../../service/testing/test-service';
import { Author } from '../author';
import { AuthorLab } from '../author-lab';
import type { TestHub } from '../hub';
import { variable } from '../installation';
import { ask } from '../request';
import { startDriver, type Driver } from './driver';
import { startKubernetesHub } from './hub';
import type { Claim, KubernetesObject, Pod, Stored } from './objects';
import { startProductCluster, type ProductCluster } from './product';
import { STORAGE_CLASS } from './storage';
import { PER_USER } from './storage-settings';

/** What each dashboard is started with, by its name; the others as the hub is set up. */
const MISFITS = `
async def misfit(spawner):
    kind = spawner.name.split("-")[1] if spawner.name else ""
    spawner.image = "example/none:1" if kind == "image" else "test/singleuser:1"
    spawner.cpu_guarantee = 900 if kind in ("cpu", "cancelled") else 0.01
    spawner.node_selector = {"kind": "none"} if kind == "selector" else {}
    spawner.start_timeout = 600 if kind == "cancelled" else 20
    spawner.volumes = [one for one in spawner.volumes if one["name"] != "more"]
    # The server is there a moment later than all that is said of it.
    wait = {"name": "wait", "image": spawner.image, "command": ["sleep", "3"]}
    spawner.init_containers = [wait] if kind == "fine" else []
    if kind in ("class", "source", "clone"):
        spawner.volumes = [*spawner.volumes, {"name": "more", "persistentVolumeClaim": {"claimName": kind}}]
c.KubeSpawner.pre_spawn_hook = misfit
`;

let cluster: ProductCluster;
let hub: TestHub;
let uncloned: Driver;
let alice: Author;

jest.setTimeout(240_000);

beforeAll(async () => {
  cluster = await startProductCluster();
  hub = await startKubernetesHub(cluster, { users: ['alice'], storage: PER_USER, config: MISFITS });
  alice = await Author.of(hub, 'alice');
  const lab = await AuthorLab.start(hub, alice).catch(error => {
    throw new Error(`no Lab: ${hub.log().slice(-6_000)}`, { cause: error });
  });
  const written = await ask(`${hub.url}user/alice/api/contents/app.py`, {
    method: 'PUT',
    headers: { authorization: `token ${lab.token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ type: 'file', format: 'text', content: APP })
  });
  expect(written.status).toBe(201);
  const claim = (name: string, spec: Partial<Claim['spec']>) =>
    cluster.api.create<Claim>(`${cluster.path}/persistentvolumeclaims`, {
      metadata: { name },
      spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } }, ...spec }
    });
  await claim('class', { storageClassName: 'missing' });
  await claim('source', {
    storageClassName: STORAGE_CLASS,
    dataSource: { kind: 'PersistentVolumeClaim', name: 'nowhere' }
  });
  uncloned = await startDriver(join(cluster.folder, 'uncloned'), {
    binaries: variable('DASHBOARDS_KUBERNETES', "the folder of the test cluster's programs"),
    kubeconfig: cluster.kubeconfig('storage'),
    name: 'no-clones.csi.test',
    clones: false
  });
  await cluster.api.create<KubernetesObject & { provisioner: string }>('/apis/storage.k8s.io/v1/storageclasses', {
    metadata: { name: 'no-clones' },
    provisioner: 'no-clones.csi.test'
  });
  await claim('original', { storageClassName: 'no-clones' });
  await claim('clone', {
    storageClassName: 'no-clones',
    dataSource: { kind: 'PersistentVolumeClaim', name: 'original' }
  });
});

afterAll(async () => {
  await hub?.stop();
  await uncloned?.stop();
  await cluster?.stop();
});

const APP = `
import http.server, os
class Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"hello")
http.server.HTTPServer(("127.0.0.1", int(os.environ["PORT"])), Page).serve_forever()
`;

const publish = (name: string) => alice.publish(alice.request(name, '', 'app.py'));

async function log(id: string): Promise<string[]> {
  return (await alice.call<LogPage>('GET', `dashboards/${id}/logs`)).body.lines.map(({ text }) => text);
}

function said(id: string, text: string): Promise<string[]> {
  return eventually(async () => {
    const lines = await log(id);
    return lines.some(line => line.includes(text)) && lines;
  }, 60_000).catch(async error => {
    throw new Error(`Not said: ${text}\n${(await log(id)).join('\n')}\n${hub.log().slice(-3_000)}`, { cause: error });
  });
}

async function podOf(dashboard: Dashboard): Promise<Stored<Pod> | undefined> {
  const { items } = await cluster.api.list<Pod>(`${cluster.path}/pods`);
  return items.find(({ metadata }) => metadata.name.includes(`dash-${dashboard.slug}`));
}

const count = (lines: string[], text: string) => lines.filter(line => line.includes(text)).length;

const MISFIT: [name: string, sentence: string, original: string][] = [
  ['image', 'There is no software image example/none:1.', 'not found'],
  ['cpu', 'No machine of the cluster has enough free CPU for the server.', 'Insufficient cpu'],
  ['selector', 'No machine of the cluster is of the kind that the server has to run on.', 'affinity/selector'],
  ['class', "There is no storage class missing, which the server's volume is to be of.", '"missing" not found'],
  ['source', 'The volume claim nowhere, which is to be copied, is not there or not ready.', '"nowhere" not found'],
  ['clone', 'The storage of this cluster cannot copy volumes.', 'CLONE_VOLUME capability is not reported']
];

describe('a start that comes to nothing ends with the reason of Kubernetes, said once in the log, with what to do', () => {
  let dashboards: Map<string, Dashboard>;
  beforeAll(async () => {
    dashboards = new Map(await Promise.all(MISFIT.map(async ([name]) => [name, await publish(name)] as const)));
  });

  it.each(MISFIT)('%s', async (name, sentence, original) => {
    const { build, id } = dashboards.get(name)!;
    const { problem, state } = await alice.ended(build!.id);
    expect({ state, problem }).toEqual({
      state: 'failed',
      problem: expect.objectContaining({
        code: 'server_failed',
        message: sentence,
        fix: expect.stringMatching(/./) as string,
        detail: expect.stringContaining(original) as string
      }) as object
    });
    const lines = await log(id);
    expect(lines).toContain(`${sentence} ${problem!.fix}`);
    expect(lines).toContain(`    ${problem!.detail}`);
    expect(lines).toEqual([...new Set(lines)]);
  });
});

describe('a server that starts', () => {
  let dashboard: Dashboard;

  it('says its steps, in short', async () => {
    dashboard = await alice.live(alice.request('Fine', '', 'app.py'));
    const lines = await log(dashboard.id);
    expect(lines).toContain('A machine of the cluster has been found for the server.');
    expect(lines.join('\n')).not.toContain('Kubernetes:');
  });

  // The test kubelet has no control groups, so that nothing exceeds a limit and no node runs short: the pod's status is
  // written as the real one would, in its words. What the Hub and the service make of it is real.
  it.each([
    [
      'OOMKilled',
      'The server was ended because it used more memory than it may.',
      { phase: 'Failed' as const },
      { exitCode: 137, reason: 'OOMKilled' }
    ],
    [
      'Evicted',
      'The server was ended because its machine ran short of memory.',
      {
        phase: 'Failed' as const,
        reason: 'Evicted',
        message:
          'The node was low on resource: memory. Threshold quantity: 100Mi, available: 92660Ki. Container notebook was using 3276Mi, request is 1Gi, has larger consumption of memory. '
      },
      { exitCode: 137, reason: 'Error' }
    ]
  ])('and is ended, %s, says so in the log of its version', async (reason, sentence, status, end) => {
    await alice.sees(dashboard.link, 'hello');
    const pod = await eventually(() => podOf(dashboard));
    const at = new Date().toISOString().replace(/\.\d+/, '');
    const terminated = { ...end, startedAt: at, finishedAt: at, containerID: `test://${reason}` };
    const containerStatuses = [
      { ...pod.status!.containerStatuses![0]!, ready: false, state: { running: null, terminated } }
    ];
    await cluster.api.merge(`${cluster.path}/pods/${pod.metadata.name}/status`, {
      status: { ...status, containerStatuses }
    });
    const lines = await said(dashboard.id, sentence);
    expect(count(lines, sentence)).toBe(1);
    await eventually(async () => (await podOf(dashboard))?.metadata.uid !== pod.metadata.uid);
  });
});

it('a publish that is cancelled while its pod is pending ends at once, and the pod with it', async () => {
  const dashboard = await publish('Cancelled');
  const { id } = dashboard.build!;
  await said(dashboard.id, 'No machine of the cluster has enough free CPU');
  expect(await podOf(dashboard)).toMatchObject({ status: { phase: 'Pending' } });
  await alice.call('POST', `builds/${id}/cancel`);
  expect(await alice.build(id)).toMatchObject({
    state: 'cancelled',
    problem: { code: 'cancelled', message: 'This build was cancelled.' }
  });
  await eventually(async () => !(await podOf(dashboard)), 30_000);
});

it('a quota that is used up is named', async () => {
  const quota = { metadata: { name: 'few-pods' }, spec: { hard: { pods: '0' } } };
  await cluster.api.create<KubernetesObject & typeof quota>(`${cluster.path}/resourcequotas`, quota);
  await eventually(async () => {
    const { status } = await cluster.api.get<KubernetesObject & { status?: { hard?: object } }>(
      `${cluster.path}/resourcequotas/few-pods`
    );
    return status?.hard;
  });
  const { build, id } = await publish('Quota');
  const sentence = 'This hub has used up what it may take of the cluster (quota few-pods).';
  expect((await alice.ended(build!.id)).problem).toMatchObject({
    code: 'server_failed',
    message: sentence,
    detail: expect.stringContaining('exceeded quota: few-pods, requested: pods=1') as string
  });
  expect(count(await log(id), sentence)).toBe(1);
});
