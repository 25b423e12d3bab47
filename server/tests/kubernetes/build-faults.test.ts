import { join } from 'node:path';

import { FINAL_BUILD_STATES, type Build, type Dashboard, type VersionList } from '../../contract';
import { seededRandom, seedOf } from '../../runner/testing/seeded-random';
import { eventually } from '../../service/testing/test-service';
import type { Author } from '../author';
import { NO_ORPHANS, orphanRows, writtenStage } from '../leftovers';
import { patiently } from '../patience';
import { KEEPER, onlyProcess, paused, SERVICE, serviceAnswers } from '../service-process';
import { runningPod } from './evidence';
import { startFaultyProxy, type FaultyProxy } from './faulty-proxy';
import type { KubernetesHub } from './hub';
import type { Claim, Pod, VolumeSnapshot } from './objects';
import { startProductCluster, type ProductCluster } from './product';
import { Stage, tellingApp } from './stage';
import { STOCK } from './storage-settings';

const SEED = seedOf(20_261_124);
/** Seconds that cloning may take where it hangs. */
const CLONE_TIMEOUT = 15;
/** Seconds that an app takes to start which is to be met while it does. */
const SLOW = 8;

jest.setTimeout(240_000);

let cluster: ProductCluster;
let proxy: FaultyProxy;

beforeAll(async () => {
  cluster = await startProductCluster();
  const copy = join(cluster.folder, 'faulty.kubeconfig');
  proxy = await startFaultyProxy(cluster.kubeconfig('hub'), copy, cluster.gateway);
});
afterAll(async () => {
  await proxy?.stop();
  await cluster?.stop();
});

/** What is asked about the volumes of versions: the Hub's own claims are none. */
const OF_VERSIONS = /\/dash-[^/?]*-v\d+-|labelSelector=[^&]*jupyterhub-dashboards/;

/** The claims and snapshots that the service has made, of whatever dashboard; those that are about to go are none. */
async function made(): Promise<string[]> {
  const snapshots = `/apis/snapshot.storage.k8s.io/v1/namespaces/${cluster.namespace}/volumesnapshots`;
  const lists = [
    await cluster.api.list<Claim>(`${cluster.path}/persistentvolumeclaims`),
    await cluster.api.list<VolumeSnapshot>(snapshots)
  ];
  return lists
    .flatMap(({ items }) => items.map(({ metadata }) => metadata))
    .filter(({ labels, deletionTimestamp }) => labels?.['jupyterhub-dashboards/dashboard'] && !deletionTimestamp)
    .map(({ name }) => name);
}

describe('a build that clones', () => {
  let stage: Stage;
  let hub: KubernetesHub;
  let alice: Author, bob: Author;
  let dashboard: Dashboard;
  let server: string;
  /** What is live, and how many versions there have been. */
  let live = 'first';

  beforeAll(async () => {
    stage = await Stage.set(cluster, {
      storage: STOCK,
      configure: `strategies=["clone", "git"], keep_versions=1, clone_timeout=${CLONE_TIMEOUT}`,
      serviceKubeconfig: proxy.kubeconfig
    });
    ({ hub, alice, bob } = stage);
    await stage.save('sales/app.py', tellingApp(live));
    dashboard = await alice.live(await stage.request('Sales', 'sales'));
    [server = ''] = await alice.servers();
    await bobSees(live);
  });
  afterEach(() => {
    proxy.fault = () => undefined;
    cluster.storage.release();
  });
  afterAll(async () => {
    await stage?.hub.stop();
    await cluster.clear();
  });

  /** Opens it again, as people do, also where what he has opened was cut off: pods and services end here as they like. */
  const bobSees = (text: string) =>
    patiently(async () => {
      const answer = await bob.open(dashboard.link);
      return answer.status === 200 && answer.text.includes(`"text": "${text}"`);
    });
  const pod = async () => (await eventually(() => runningPod(cluster, hub, 'alice', server))).pod.metadata;

  async function update(text: string, seconds?: number): Promise<Build> {
    await stage.save('sales/app.py', tellingApp(text, seconds));
    return alice.update(dashboard.id, await stage.change('sales'));
  }

  /** The volume of a build is being made, and not there yet. */
  const cloning = () =>
    eventually(async () => {
      const { items } = await cluster.api.list<Claim>(`${cluster.path}/persistentvolumeclaims`);
      return items.find(
        ({ metadata, status }) => metadata.labels?.['jupyterhub-dashboards/dashboard'] && status?.phase === 'Pending'
      );
    });

  async function isLive(build: Build, text: string): Promise<void> {
    expect(await alice.ended(build.id)).toMatchObject({ state: 'live', problem: null });
    live = text;
    await bobSees(text);
    await nothingElse();
  }

  /** It fails with a plain sentence; the old version is live, and nothing of the new one is left. */
  async function fails(build: Build, problem: object): Promise<void> {
    expect(await alice.ended(build.id)).toMatchObject({ state: 'failed', problem });
    await bobSees(live);
    await nothingElse();
  }

  /** There are the claims of the versions that are kept and no others, one pod, and no row that belongs to nothing. */
  async function nothingElse(): Promise<void> {
    const { versions } = (await alice.call<VersionList>('GET', `dashboards/${dashboard.id}/versions`)).body;
    const kept = versions.filter(({ state }) => state === 'ready').map(({ n }) => `-v${n}-`);
    await eventually(async () => {
      const names = await made();
      return names.length === kept.length && kept.every(part => names.some(name => name.includes(part)));
    }).catch(async error => {
      throw new Error(`Kept are ${kept.join()}, and there are ${(await made()).join()}`, { cause: error });
    });
    await eventually(async () => {
      const { items } = await cluster.api.list<Pod>(`${cluster.path}/pods`);
      return items.filter(({ metadata }) => metadata.name.includes('dash-')).length === 1;
    });
    expect(orphanRows(hub)).toEqual(NO_ORPHANS);
  }

  describe('goes on where the API', () => {
    it.each([
      ['fails each time once', { status: 500 }],
      ['has too much to do', { status: 429, headers: { 'retry-after': '1' } }],
      ['has met a conflict', { status: 409, body: { reason: 'Conflict', message: 'the object has been modified' } }],
      ['breaks connections off', 'drop'],
      ['breaks them off once it has done what was asked', 'drop-answer']
    ] as const)('%s', async (what, fault) => {
      const met = new Set<string>();
      proxy.fault = (method, path) => {
        const isOurs = OF_VERSIONS.test(path) || method === 'POST';
        const isFirst = isOurs && !met.has(method + path) && (what !== 'has met a conflict' || method !== 'GET');
        met.add(method + path);
        return isFirst ? fault : undefined;
      };
      await isLive(await update(what), what);
      expect(met.size).toBeGreaterThan(1);
    });
  });

  describe('ends with the old version live where', () => {
    it('the volume has become larger', async () => {
      proxy.fault = (method, path) =>
        method === 'GET' && path.endsWith('/claim-alice') ? text => text.replaceAll('"10Gi"', '"1Mi"') : undefined;
      await fails(await update('larger'), {
        code: 'clone_failed',
        message: expect.stringContaining('has become larger') as string
      });
    });

    it('the claim of the new one stays pending', async () => {
      cluster.storage.hold();
      await fails(await update('never there'), {
        code: 'clone_timeout',
        message: `The volume claim-alice was not cloned within ${CLONE_TIMEOUT} s.`
      });
    });

    it('it is cancelled while the volume is made', async () => {
      cluster.storage.hold();
      const build = await update('cancelled');
      await cloning();
      await alice.call('POST', `builds/${build.id}/cancel`);
      expect((await alice.build(build.id)).state).toBe('cancelled');
      cluster.storage.release();
      await bobSees(live);
      await nothingElse();
    });
  });

  describe('goes on, and nothing of it is left twice, where', () => {
    it('the pod of the Hub is replaced in the middle of a clone', async () => {
      cluster.storage.hold();
      const build = await update('of the next Hub');
      const { metadata } = await cloning();
      const before = await pod();
      await hub.replace();
      // What is live has gone on.
      expect((await pod()).uid).toBe(before.uid);
      cluster.storage.release();
      await isLive(build, 'of the next Hub');
      expect(await made()).toContain(metadata.name);
    });

    it('the pod of the Hub is replaced while the new version starts', async () => {
      const build = await update('of another Hub', SLOW);
      await reaches(build, 'start');
      await hub.replace();
      await isLive(build, 'of another Hub');
    });

    it('its pod is evicted in the middle', async () => {
      const build = await update('built by two pods', SLOW);
      await reaches(build, 'start');
      const before = await pod();
      await evict(before.name);
      await isLive(build, 'built by two pods');
      expect((await pod()).uid).not.toBe(before.uid);
    });

    /** What the service is killed at; the last ones are anywhere. */
    const random = seededRandom(SEED);
    let usualMs = 0;

    it.each(['server', 'copy', 'start', 'check'])('the service is killed while it is at `%s`', async state => {
      const text = `killed at ${state}`;
      const begun = Date.now();
      const build = await update(text, 1);
      await reaches(build, state);
      process.kill(await onlyProcess(hub, SERVICE), 'SIGKILL');
      await serviceAnswers(hub);
      await isLive(build, text);
      usualMs = Date.now() - begun;
    });

    it.each([1, 2, 3, 4])(`the service is killed at any moment, %s (seed ${SEED})`, async round => {
      const share = random();
      const text = `killed ${round}`;
      const build = await update(text);
      await new Promise(done => setTimeout(done, share * usualMs));
      const at = writtenStage(hub, build.id);
      process.kill(await onlyProcess(hub, SERVICE), 'SIGKILL');
      await serviceAnswers(hub);
      await isLive(build, text).catch((error: unknown) => {
        throw new Error(`killed at ${String(at)}, ${share} of ${usualMs} ms`, { cause: error });
      });
    });
  });

  it('a pod that is evicted while somebody looks is followed by another one', async () => {
    const before = await pod();
    await evict(before.name);
    await eventually(async () => (await runningPod(cluster, hub, 'alice', server))?.pod.metadata.uid !== before.uid);
    await bobSees(live);
    expect((await pod()).uid).not.toBe(before.uid);
    await nothingElse();
  });

  it('starts while the service is away, which has named a volume that has gone since', async () => {
    // The last one takes the place of a version that its own server has mounted as well.
    for (const text of ['third but one', 'last but one', 'last with the service']) {
      await isLive(await update(text), text);
    }
    const versions = (await eventually(() => runningPod(cluster, hub, 'alice', server))).claims.length;
    await hub.api('DELETE', `users/alice/servers/${server}`);
    await eventually(async () => (await runningPod(cluster, hub, 'alice', server)) === null);
    await nothingRuns();
    // Nobody starts it again meanwhile.
    await paused(await onlyProcess(hub, KEEPER), async () => {
      process.kill(await onlyProcess(hub, SERVICE), 'SIGKILL');
      await hub.api('POST', `users/alice/servers/${server}`);
      const { claims } = await eventually(() => runningPod(cluster, hub, 'alice', server));
      expect(claims).toHaveLength(versions - 1);
    });
    await bobSees(live);
    await nothingElse();
  });

  /** No pod of a dashboard is left, and no claim that was to go with it. */
  const nothingRuns = () =>
    eventually(async () => {
      const pods = (await cluster.api.list<Pod>(`${cluster.path}/pods`)).items;
      const claims = (await cluster.api.list<Claim>(`${cluster.path}/persistentvolumeclaims`)).items;
      return (
        !pods.some(({ metadata }) => metadata.name.includes('dash-')) &&
        !claims.some(({ metadata }) => metadata.deletionTimestamp)
      );
    });

  /** Whoever drains a node does so. */
  async function evict(name: string): Promise<void> {
    await cluster.api.create(`${cluster.path}/pods/${name}/eviction`, {
      apiVersion: 'policy/v1',
      kind: 'Eviction',
      metadata: { name, namespace: cluster.namespace }
    });
  }

  /** It may have passed it already. */
  async function reaches({ id }: Build, state: string): Promise<void> {
    await eventually(() => {
      const at = String(writtenStage(hub, id));
      return at === state || FINAL_BUILD_STATES.includes(at as Build['state']);
    });
  }

  it('ends with the old version live where its source is deleted meanwhile', async () => {
    cluster.storage.hold();
    const build = await update('without a source');
    await cloning();
    await cluster.api.delete(`${cluster.path}/persistentvolumeclaims/claim-alice`);
    await fails(build, {
      code: 'clone_failed',
      message: expect.stringContaining('The volume claim-alice, which the files are on, was deleted') as string
    });
  });
});
