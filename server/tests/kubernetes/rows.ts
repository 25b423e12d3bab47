import { randomBytes } from 'node:crypto';

import { FINAL_BUILD_STATES, type Build, type DashboardList, type Strategy, type VersionList } from '../../contract';
import { eventually } from '../../service/testing/test-service';
import type { Author } from '../author';
import type { AuthorLab } from '../author-lab';
import { hasRow, NO_ORPHANS, orphanRows, processesOf, writtenStage } from '../leftovers';
import { patiently } from '../patience';
import { onlyProcess, SERVICE, serviceAnswers } from '../service-process';
import { command } from './command';
import { described, runningPod, type RunningPod } from './evidence';
import type { KubernetesHub } from './hub';
import { allowSnapshots } from './hub-role';
import type { Claim, KubernetesObject, Pod, Stored, VolumeSnapshot } from './objects';
import { startProductCluster, type ProductCluster } from './product';
import { overridingProfile, PROFILES_REGION } from './profile';
import { Stage, tellingApp } from './stage';
import { SHARED_CLAIM } from './storage-settings';

/** A set-up of storage of Zero to JupyterHub, and what dashboards are there. */
export interface Row {
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
  /** Whether each version has a claim of its own, a clone of Alice's. */
  clones?: true;
  /** Whether each dashboard has a claim of its own, which has to be gone with it. */
  ownClaim: boolean;
}

const WAYS_OF_SERVERS = [
  { servers: 'servers as set up', profile: false },
  { servers: 'a default profile that overrides command, image, volumes and environment', profile: true }
];

jest.setTimeout(240_000);

let cluster: ProductCluster;

/**
 * Tests what happens to a dashboard from its beginning to its end in each of these set-ups: with servers as set up, and once
 * more with a default profile that overrides what they run with.
 */
export function testRows(rows: Row[]): void {
  const cases = rows.flatMap(row => WAYS_OF_SERVERS.map(way => ({ ...row, ...way })));

  beforeAll(async () => {
    cluster = await startProductCluster();
  });
  afterAll(async () => {
    await cluster?.stop();
  });

  describe.each(cases)('$name, $setUp; $servers', row => {
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
      if (row.strategy === 'volume-snapshot') {
        await allowSnapshots(cluster.api, cluster.namespace);
      }
      const config = row.profile ? overridingProfile(cluster.product) : undefined;
      stage = await Stage.set(cluster, { storage: row.storage, configure: row.configure, config });
      ({ hub, alice, bob, lab } = stage);
    });
    afterAll(async () => {
      process.stderr.write(`\n${row.name}, ${row.setUp}; ${row.servers}\n${seen.map(line => `  ${line}\n`).join('')}`);
      await stage?.hub.stop();
      await cluster.clear();
    });

    const save = (text: string, seconds?: number) => stage.save(`${row.folder}/app.py`, tellingApp(text, seconds));
    const versions = async () => (await alice.call<VersionList>('GET', `dashboards/${id}/versions`)).body.versions;
    /** Opens it again, as people do, also where what he has opened was cut off: pods and services end here as they like. */
    const bobSees = (text: string) =>
      patiently(async () => {
        const answer = await bob.open(link);
        return answer.status === 200 && answer.text.includes(`"text": "${text}"`) && answer;
      });
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
      const before = await running();
      expect(await lab.help((await update()).id)).toMatchObject({ state: 'live', problem: null });
      await bobSees('second');
      const after = await running();
      // A volume cannot be added to a pod that runs.
      expect(after.pod.metadata.uid === before.pod.metadata.uid).toBe(!row.clones);
      await alice.call('POST', `dashboards/${id}/live`, { version: 1 });
      await bobSees('first');
      await alice.call('POST', `dashboards/${id}/live`, { version: 2 });
      await bobSees('second');
      expect((await running()).pod.metadata.uid).toBe(after.pod.metadata.uid);
      const [second, first] = await versions();
      expect(second?.manifestHash).not.toBe(first?.manifestHash);
      await look('updated');
    });

    if (row.clones) {
      it('each version is on a claim of its own, which was made of hers and is mounted read-only, the folder alone', async () => {
        const { pod } = await running();
        const clones = await clonesOf(id);
        const own = (await eventually(() => runningPod(cluster, hub, 'alice', ''))).claims;
        const source = row.strategy === 'clone' ? 'PersistentVolumeClaim' : 'VolumeSnapshot';
        expect(clones.map(({ spec }) => spec.dataSource?.kind)).toEqual([source, source]);
        expect(new Set([...clones, ...own].map(({ metadata }) => metadata.uid)).size).toBe(3);
        const container = pod.spec.containers.find(({ name }) => name === 'notebook');
        expect(container?.volumeMounts?.filter(({ subPath }) => subPath === row.folder)).toEqual(
          ['2', '1'].map(n => ({
            name: `dashboards-version-${n}`,
            mountPath: `/var/lib/jupyterhub-dashboards/${n}`,
            subPath: row.folder,
            readOnly: true
          }))
        );
        expect(pod.spec.securityContext).toMatchObject({ fsGroupChangePolicy: 'OnRootMismatch' });
      });

      it('a service that is killed in the middle of a clone goes on with it when it is back', async () => {
        cluster.storage.hold();
        let build: Build;
        let begun: Stored<KubernetesObject>;
        try {
          build = await update();
          // Of a snapshot that is not there yet, no claim is made.
          begun = await eventually(async () =>
            row.strategy === 'clone'
              ? (await clonesOf(id)).find(({ status }) => status?.phase === 'Pending')
              : (await snapshotsOf(id))[0]
          );
          process.kill(await onlyProcess(hub, SERVICE), 'SIGKILL');
          await bobSees('second');
          await serviceAnswers(hub);
        } finally {
          cluster.storage.release();
        }
        expect(await lab.help(build.id)).toMatchObject({ state: 'live', problem: null });
        const clones = await clonesOf(id);
        expect(clones).toHaveLength(3);
        const { metadata, spec } = clones[2]!;
        expect([metadata.uid, spec.dataSource?.name]).toContain(
          row.strategy === 'clone' ? begun.metadata.uid : begun.metadata.name
        );
        await bobSees('second');
        await look('after the service was killed in the middle of a clone');
      });
    }

    it('a service that is killed in the middle of a build finishes it when it is back, and Bob sees no gap', async () => {
      await save('third', row.clones ? SLOWER : SLOW);
      await stage.save(`${row.folder}/large.bin`, randomBytes(LARGE));
      const { url } = await bobSees('second');
      const build = await update();
      const helped = lab.help(build.id);
      await eventually(async () => AT_WORK.includes((await alice.build(build.id)).state));
      if (row.clones) {
        // Another pod lets him in anew, for which it asks the service.
        await bobSees('second');
      }
      process.kill(await onlyProcess(hub, SERVICE), 'SIGKILL');
      // What he has open needs no service.
      expect(await bob.open(url)).toMatchObject({ status: 200, text: expect.stringContaining('"second"') as string });
      expect(FINAL_BUILD_STATES).not.toContain(writtenStage(hub, build.id));
      await serviceAnswers(hub);
      expect(await helped).toMatchObject({ state: 'live', problem: null });
      await bobSees('third');
      expect(await alice.versions(id)).toEqual(
        row.clones ? ['4 ready, live', '3 ready', '2 ready', '1 removed'] : ['3 ready, live', '2 ready', '1 ready']
      );
      await look('after the service was killed');
    });

    it('a container that is killed starts again in its pod with what it was once told, which changes no version', async () => {
      const before = await running();
      const published = await versions();
      // What a start for a build would take now, were that done again.
      await save('never published');
      const [runner, ...others] = processesOf({ ...hub, folder: server }, RUNNER);
      expect([typeof runner, others]).toEqual(['number', []]);
      process.kill(runner!, 'SIGKILL');
      await eventually(async () => {
        const { pod } = await running();
        return pod.status?.containerStatuses?.some(({ ready, restartCount }) => ready && restartCount > 0);
      }, 60_000);
      await bobSees('third');
      expect((await running()).pod.metadata.uid).toBe(before.pod.metadata.uid);
      expect(await versions()).toEqual(published);
      await save('third');
    });

    it('a pod that is gone is followed by another one with all versions', async () => {
      const before = await running();
      await cluster.api.delete(`${cluster.path}/pods/${before.pod.metadata.name}`);
      await eventually(async () => (await runningPod(cluster, hub, 'alice', server)) === null);
      await bobSees('third');
      const after = await look('in another pod');
      expect(after.pod.metadata.uid).not.toBe(before.pod.metadata.uid);
      // That of a version that has gone is kept by the pod that has it mounted, and by no other.
      const kept = before.claims.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
      expect(before.claims.length - kept.length).toBe(row.clones ? 1 : 0);
      expect(after.claims.map(({ metadata }) => metadata.uid)).toEqual(kept.map(({ metadata }) => metadata.uid));
      await alice.call('POST', `dashboards/${id}/live`, { version: row.clones ? 2 : 1 });
      await bobSees(row.clones ? 'second' : 'first');
      expect(await alice.versions(id)).toEqual(
        row.clones ? ['4 ready', '3 ready', '2 ready, live', '1 removed'] : ['3 ready', '2 ready', '1 ready, live']
      );
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
      await eventually(async () => (await clonesOf(id)).length === 0);
      expect(await snapshotsOf(id)).toEqual([]);
      expect(orphanRows(hub)).toEqual(NO_ORPHANS);
      expect((await bob.open(link)).status).toBe(404);
      // What is not its own stays.
      const others = claims.filter(({ metadata }) => metadata.labels?.[DASHBOARD] === undefined);
      const kept = others.map(({ metadata }) => metadata.name).filter(name => !name.includes(server));
      expect(kept).toHaveLength(others.length - (row.ownClaim ? 1 : 0));
      for (const name of kept) {
        await cluster.api.get(`${cluster.path}/persistentvolumeclaims/${name}`);
      }
      expect(await lab.ask('GET', `api/contents/${row.folder}/app.py`)).toContain('third');
      seen.push(`deleted: no pod, no claim, no files; kept: ${kept.join(', ') || 'nothing'}`);
    });
  });
}

const RUNNER = /runner\.js/;

/** Of a build of which not all is done. */
const AT_WORK = ['copy', 'start', 'check'];
const SLOW = 3;
const SLOWER = 20;
const LARGE = 20_000_000;

/** Files of a dashboard, in whatever volume of the cluster they are. */
async function filesOf(id: string): Promise<string[]> {
  return (await command('find', cluster.volume(''), '-name', `*${id}*`)).split('\n').filter(Boolean);
}

async function named<T extends KubernetesObject>(type: string, part: string) {
  const { items } = await cluster.api.list<T>(`${cluster.path}/${type}`);
  return items.map(({ metadata }) => metadata.name).filter(name => name.includes(part));
}

const DASHBOARD = 'jupyterhub-dashboards/dashboard';

const ofDashboard = (id: string) => `labelSelector=${encodeURIComponent(`${DASHBOARD}=${id}`)}`;

async function snapshotsOf(id: string) {
  const path = `/apis/snapshot.storage.k8s.io/v1/namespaces/${cluster.namespace}/volumesnapshots`;
  return (await cluster.api.list<VolumeSnapshot>(`${path}?${ofDashboard(id)}`)).items;
}

/** The claims of a dashboard's versions, the oldest first. */
async function clonesOf(id: string) {
  const { items } = await cluster.api.list<Claim>(`${cluster.path}/persistentvolumeclaims?${ofDashboard(id)}`);
  const version = ({ metadata }: Claim) => Number(metadata.labels?.['jupyterhub-dashboards/version']);
  return items.sort((one, other) => version(one) - version(other));
}

async function createSharedClaim(): Promise<void> {
  await cluster.api.create<Claim>(`${cluster.path}/persistentvolumeclaims`, {
    metadata: { name: SHARED_CLAIM },
    spec: { accessModes: ['ReadWriteMany'], resources: { requests: { storage: '10Gi' } } }
  });
}
