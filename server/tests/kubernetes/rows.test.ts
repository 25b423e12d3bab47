import { randomBytes } from 'node:crypto';

import { FINAL_BUILD_STATES, type Build, type DashboardList, type Strategy, type VersionList } from '../../contract';
import { eventually } from '../../service/testing/test-service';
import type { Author } from '../author';
import type { AuthorLab } from '../author-lab';
import { hasRow, NO_ORPHANS, orphanRows, writtenStage } from '../leftovers';
import { onlyProcess, SERVICE, serviceAnswers } from '../service-process';
import { startCluster, type Cluster } from './cluster';
import { command } from './command';
import { described, runningPod, type RunningPod } from './evidence';
import type { KubernetesHub } from './hub';
import type { Claim, KubernetesObject, Pod } from './objects';
import { provideProduct, type Product } from './product';
import { overridingProfile, PROFILES_REGION } from './profile';
import { Stage, tellingApp } from './stage';
import { HYBRID, PER_USER, SHARED_CLAIM, STATIC, STOCK } from './storage-settings';

/** A set-up of storage of Zero to JupyterHub, and what dashboards are there. */
interface Row {
  name: string;
  setUp: string;
  storage: string;
  /** How files come to where they are served. */
  strategy: Strategy;
  /** The folder in Alice's home that she publishes from. */
  folder: string;
  configure?: string;
  /** Whether an administrator has made a claim for all. */
  shared?: true;
  /** Whether each dashboard has a claim of its own, which has to be gone with it. */
  ownClaim: boolean;
}

const ROWS: Row[] = [
  {
    ...{ name: 'Z4', setUp: 'as it comes: an empty claim for each server', storage: STOCK },
    ...{ strategy: 'relay', folder: 'sales', ownClaim: true }
  },
  {
    ...{ name: 'Z1', setUp: 'static: a folder for each user in one claim', storage: STATIC, shared: true },
    ...{ strategy: 'snapshot', folder: 'sales', ownClaim: false }
  },
  {
    ...{ name: 'Z2', setUp: 'one claim for all servers of a user', storage: PER_USER },
    ...{ strategy: 'snapshot', folder: 'sales', ownClaim: false }
  },
  {
    ...{ name: 'Z5', setUp: 'hybrid: a claim for each server, and one for all', storage: HYBRID, shared: true },
    ...{ strategy: 'snapshot', folder: 'shared/sales', ownClaim: true, configure: 'publishable_paths=["shared"]' }
  }
];

const CASES = ROWS.flatMap(row => [
  { ...row, servers: 'servers as set up', profile: false },
  { ...row, servers: 'a default profile that overrides command, image, volumes and environment', profile: true }
]);

jest.setTimeout(240_000);

let cluster: Cluster;
let product: Product;

beforeAll(async () => {
  product = provideProduct();
  cluster = await startCluster(product.images);
});
afterAll(async () => {
  await cluster?.stop();
  product?.remove();
});

describe.each(CASES)('$name, $setUp; $servers', row => {
  let stage: Stage;
  let hub: KubernetesHub;
  let alice: Author;
  let bob: Author;
  let lab: AuthorLab;
  let link: string;
  let id: string;
  let server: string;
  const seen: string[] = [];

  beforeAll(async () => {
    if (row.shared) {
      await createSharedClaim();
    }
    const config = row.profile ? overridingProfile(product) : undefined;
    stage = await Stage.set(cluster, product, { storage: row.storage, configure: row.configure, config });
    ({ hub, alice, bob, lab } = stage);
  });
  afterAll(async () => {
    process.stderr.write(`\n${row.name}, ${row.setUp}; ${row.servers}\n${seen.map(line => `  ${line}\n`).join('')}`);
    await stage?.hub.stop();
    await cluster.clear();
  });

  const save = (text: string, seconds?: number) => stage.save(`${row.folder}/app.py`, tellingApp(text, seconds));
  const versions = async () => (await alice.call<VersionList>('GET', `dashboards/${id}/versions`)).body.versions;
  const bobSees = (text: string) => bob.sees(link, `"text": "${text}"`);
  const running = () => eventually(() => runningPod(cluster, hub, 'alice', server));

  /** Looks at what there is in the cluster, and remembers it. */
  async function look(step: string): Promise<RunningPod> {
    const found = await running();
    seen.push(...described(step, found, await versions()));
    return found;
  }

  /** Begins a new version as Lab's dialog does. */
  async function update(): Promise<Build> {
    const source = { root: `~/${row.folder}`, entry: 'app.py', scope: 'folder' };
    return alice.update(id, { place: (await lab.plan(source)).place });
  }

  it('Alice publishes from a terminal of her server, and Bob sees it with his own sign-in', async () => {
    await save('first');
    const { code, text } = await stage.publish(
      `~/${row.folder}/app.py --name Sales --share everyone --command '{python} {entry}'`
    );
    expect({ code, text }).toMatchObject({ code: 0, text: expect.stringContaining('is live') as string });
    const { dashboards } = (await alice.call<DashboardList>('GET', 'dashboards?filter=mine')).body;
    const [dashboard] = dashboards;
    id = dashboard?.id ?? '';
    link = dashboard?.link ?? '';
    expect(text).toContain(link);
    [server = ''] = await alice.servers();

    const { text: told, way } = await bobSees('first');
    expect(way.some(address => address.includes('/hub/login'))).toBe(true);
    expect(JSON.parse(told)).toEqual({
      ...{ text: 'first', uid: 1000, home: '/home/jovyan' },
      ...{ region: row.profile ? PROFILES_REGION : null, scratch: row.profile }
    });
    expect(await versions()).toMatchObject([{ n: 1, strategy: row.strategy, files: 1, state: 'ready' }]);
    const { pod } = await look('published');
    // It runs as Lab does: in the image of the profile, where there is one.
    const own = await eventually(() => runningPod(cluster, hub, 'alice', ''));
    expect(pod.spec.containers.map(({ image }) => image)).toEqual(own.pod.spec.containers.map(({ image }) => image));
  });

  it('what she edits is seen once it is published again, and the way back leads to the version before', async () => {
    await save('second');
    await bobSees('first');
    expect(await lab.help((await update()).id)).toMatchObject({ state: 'live', problem: null });
    await bobSees('second');
    await alice.call('POST', `dashboards/${id}/live`, { version: 1 });
    await bobSees('first');
    await alice.call('POST', `dashboards/${id}/live`, { version: 2 });
    await bobSees('second');
    const [second, first] = await versions();
    expect(second?.manifestHash).not.toBe(first?.manifestHash);
    await look('updated');
  });

  it('a service that is killed in the middle of a build finishes it when it is back, and Bob sees no gap', async () => {
    await save('third', SLOW);
    await stage.save(`${row.folder}/large.bin`, randomBytes(LARGE));
    const { url } = await bobSees('second');
    const build = await update();
    const helped = lab.help(build.id);
    await eventually(async () => AT_WORK.includes((await alice.build(build.id)).state));
    process.kill(await onlyProcess(hub, SERVICE), 'SIGKILL');
    // What he has open needs no service.
    expect(await bob.open(url)).toMatchObject({ status: 200, text: expect.stringContaining('"second"') as string });
    expect(FINAL_BUILD_STATES).not.toContain(writtenStage(hub, build.id));
    await serviceAnswers(hub);
    expect(await helped).toMatchObject({ state: 'live', problem: null });
    await bobSees('third');
    expect(await alice.versions(id)).toEqual(['3 ready, live', '2 ready', '1 ready']);
    await look('after the service was killed');
  });

  it('a pod that is gone is followed by another one with all versions', async () => {
    const before = await running();
    await cluster.api.delete(`${cluster.path}/pods/${before.pod.metadata.name}`);
    await eventually(async () => (await runningPod(cluster, hub, 'alice', server)) === null);
    await bobSees('third');
    const after = await look('in another pod');
    expect(after.pod.metadata.uid).not.toBe(before.pod.metadata.uid);
    expect(after.claims.map(({ metadata }) => metadata.uid)).toEqual(before.claims.map(({ metadata }) => metadata.uid));
    await alice.call('POST', `dashboards/${id}/live`, { version: 1 });
    await bobSees('first');
    expect(await alice.versions(id)).toEqual(['3 ready', '2 ready', '1 ready, live']);
  });

  it('once deleted, nothing is left of it: no pod, no claim of its own, no file, no row', async () => {
    const { claims } = await running();
    expect(await filesOf(id)).not.toEqual([]);
    expect((await alice.call('DELETE', `dashboards/${id}`)).status).toBe(204);
    await eventually(() => !hasRow(hub, id));
    expect(await alice.servers({ stopped: true })).toEqual([]);
    expect(await named<Pod>('pods', server)).toEqual([]);
    // Kubernetes deletes a claim that it was asked to delete once no pod has it, and its provisioner the volume after that.
    await eventually(async () => (await named<Claim>('persistentvolumeclaims', server)).length === 0);
    await eventually(async () => (await filesOf(id)).length === 0);
    expect(orphanRows(hub)).toEqual(NO_ORPHANS);
    expect((await bob.open(link)).status).toBe(404);
    // What is not its own stays.
    const kept = claims.map(({ metadata }) => metadata.name).filter(name => !name.includes(server));
    expect(kept).toHaveLength(claims.length - (row.ownClaim ? 1 : 0));
    for (const name of kept) {
      await cluster.api.get(`${cluster.path}/persistentvolumeclaims/${name}`);
    }
    expect(await lab.ask('GET', `api/contents/${row.folder}/app.py`)).toContain('third');
    seen.push(`deleted: no pod, no claim, no files; kept: ${kept.join(', ') || 'nothing'}`);
  });
});

/** Of a build of which not all is done. */
const AT_WORK = ['copy', 'start', 'check'];
const SLOW = 3;
const LARGE = 20_000_000;

/** Files of a dashboard, in whatever volume of the cluster they are. */
async function filesOf(id: string): Promise<string[]> {
  return (await command('find', cluster.volume(''), '-name', `*${id}*`)).split('\n').filter(Boolean);
}

async function named<T extends KubernetesObject>(type: string, part: string) {
  const { items } = await cluster.api.list<T>(`${cluster.path}/${type}`);
  return items.map(({ metadata }) => metadata.name).filter(name => name.includes(part));
}

async function createSharedClaim(): Promise<void> {
  await cluster.api.create<Claim>(`${cluster.path}/persistentvolumeclaims`, {
    metadata: { name: SHARED_CLAIM },
    spec: { accessModes: ['ReadWriteMany'], resources: { requests: { storage: '10Gi' } } }
  });
}
