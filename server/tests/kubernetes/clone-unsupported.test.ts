import { join } from 'node:path';

import type { Build, Dashboard, LogPage, Version, VersionList } from '../../contract';
import { variable } from '../installation';
import { startDriver, type Driver } from './driver';
import { allowSnapshots } from './hub-role';
import type { Claim, KubernetesObject, VolumeSnapshot } from './objects';
import { startProductCluster, type ProductCluster } from './product';
import { Stage, tellingApp } from './stage';
import { STOCK } from './storage-settings';

/** Of a driver that does not report CLONE_VOLUME. */
const DRIVER = 'uncloned.csi.test';
const STORAGE_CLASS = 'uncloned';
const SNAPSHOTS = '/apis/snapshot.storage.k8s.io/v1';

const CANNOT_CLONE = 'The storage that the volume claim-alice is on cannot clone volumes.';
const NO_SNAPSHOT_CLASS = 'No class of snapshots is set for the storage that the volume claim-alice is on.';

jest.setTimeout(240_000);

let cluster: ProductCluster;
let driver: Driver;
let stage: Stage;

beforeAll(async () => {
  cluster = await startProductCluster();
  driver = await startDriver(join(cluster.folder, 'uncloned'), {
    binaries: variable('DASHBOARDS_KUBERNETES', "the folder of the test cluster's programs"),
    kubeconfig: cluster.kubeconfig('storage'),
    name: DRIVER,
    clones: false,
    root: cluster.storage.root
  });
  await cluster.api.create<KubernetesObject & { provisioner: string }>('/apis/storage.k8s.io/v1/storageclasses', {
    metadata: { name: STORAGE_CLASS },
    provisioner: DRIVER
  });
});
afterEach(async () => {
  await stage?.hub.stop();
  await cluster.clear();
});
afterAll(async () => {
  await driver?.stop();
  await cluster?.stop();
});

/** Alice has a server and a project on storage that clones nothing. */
async function begin(configure: string): Promise<void> {
  stage = await Stage.set(cluster, {
    storage: `${STOCK}\nc.KubeSpawner.storage_class = "${STORAGE_CLASS}"`,
    configure
  });
  await stage.save('sales/app.py', tellingApp('seen'));
}

const publish = async (name: string): Promise<Dashboard> => stage.alice.publish(await stage.request(name, 'sales'));
const ended = ({ build }: Dashboard): Promise<Build> => stage.lab.help(build!.id);

async function log({ id }: Dashboard): Promise<string[]> {
  return (await stage.alice.call<LogPage>('GET', `dashboards/${id}/logs`)).body.lines.map(({ text }) => text);
}

async function version({ id }: Dashboard): Promise<Version | undefined> {
  return (await stage.alice.call<VersionList>('GET', `dashboards/${id}/versions`)).body.versions[0];
}

/** Names of claims and snapshots that were made for a dashboard. */
async function made({ id }: Dashboard): Promise<string[]> {
  const ofDashboard = `?labelSelector=${encodeURIComponent(`jupyterhub-dashboards/dashboard=${id}`)}`;
  const lists = [
    await cluster.api.list<Claim>(`${cluster.path}/persistentvolumeclaims${ofDashboard}`),
    await cluster.api.list<VolumeSnapshot>(`${SNAPSHOTS}/namespaces/${cluster.namespace}/volumesnapshots${ofDashboard}`)
  ];
  return lists.flatMap(({ items }) => items.map(({ metadata }) => metadata.name));
}

it('where volumes have to be cloned, the build says that the storage cannot, and what to do', async () => {
  await begin('strategies=["clone", "git"]');
  const dashboard = await publish('Sales');
  const { state, problem } = await ended(dashboard);
  expect({ state, problem }).toEqual({
    state: 'failed',
    problem: expect.objectContaining({
      code: 'clone_unsupported',
      message: CANNOT_CLONE,
      fix: expect.stringMatching(/administrator.*`relay`.*git repository/) as string,
      // In the words of the provisioner.
      detail: expect.stringContaining(
        'CSI driver does not support clone operations: controller CLONE_VOLUME capability is not reported'
      ) as string
    }) as object
  });
  const lines = await log(dashboard);
  expect(lines).toContain(`${CANNOT_CLONE} ${problem!.fix}`);
  expect(lines).toContain(`    ${problem!.detail}`);
  expect(await made(dashboard)).toEqual([]);
  expect(await stage.alice.servers()).toEqual([]);
});

it('where there are other ways, the next one that works is taken, and the log says why', async () => {
  await begin('strategies=["clone", "volume-snapshot", "relay"]');

  // With the rights that Zero to JupyterHub gives its Hub.
  const forbidden = await publish('Without rights');
  expect(await ended(forbidden)).toMatchObject({
    state: 'failed',
    problem: {
      code: 'kubernetes_forbidden',
      message: 'The dashboards service may not get volumesnapshots in the namespace jhub.'
    }
  });
  expect(await made(forbidden)).toEqual([]);

  await allowSnapshots(cluster.api, cluster.namespace);
  const sent = await publish('Without a class');
  expect(await ended(sent)).toMatchObject({ state: 'live', problem: null });
  expect(await version(sent)).toMatchObject({ strategy: 'relay' });
  expect(await log(sent)).toEqual(expect.arrayContaining([CANNOT_CLONE, NO_SNAPSHOT_CLASS]));
  expect(await made(sent)).toEqual([]);

  await cluster.api.create<KubernetesObject & Record<string, unknown>>(`${SNAPSHOTS}/volumesnapshotclasses`, {
    apiVersion: 'snapshot.storage.k8s.io/v1',
    kind: 'VolumeSnapshotClass',
    metadata: { name: 'uncloned', annotations: { 'snapshot.storage.kubernetes.io/is-default-class': 'true' } },
    driver: DRIVER,
    deletionPolicy: 'Delete'
  });
  const restored = await publish('With a class');
  expect(await ended(restored)).toMatchObject({ state: 'live', problem: null });
  expect(await version(restored)).toMatchObject({ strategy: 'volume-snapshot' });
  const lines = await log(restored);
  expect(lines).toContain(CANNOT_CLONE);
  expect(lines).not.toContain(NO_SNAPSHOT_CLASS);
  await stage.bob.sees(restored.link, '"text": "seen"');
});
