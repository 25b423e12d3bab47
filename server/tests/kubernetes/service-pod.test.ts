import { statSync } from 'node:fs';
import { join } from 'node:path';

import type { Dashboard, VersionList } from '../../contract';
import { eventually } from '../../service/testing/test-service';
import { processesOf } from '../leftovers';
import { SERVICE, serviceAnswers } from '../service-process';
import { runningPod } from './evidence';
import type { Claim, PersistentVolume } from './objects';
import { startProductCluster, type ProductCluster } from './product';
import { ServicePod } from './service-pod';
import { Stage, tellingApp } from './stage';

jest.setTimeout(240_000);

let cluster: ProductCluster;
let service: ServicePod;
let stage: Stage;
let dashboard: Dashboard;
let server: string;

beforeAll(async () => {
  cluster = await startProductCluster();
  service = await ServicePod.open(cluster);
  // As the manual says: first the objects, then the chart. Until then the service has no Hub that knows it.
  stage = await Stage.set(cluster, { serviceInPod: places => service.apply('clone', places) });
  ({ dashboard, server } = await stage.publishSales());
});
afterAll(async () => {
  await stage?.hub.stop();
  await service?.close();
  await cluster?.stop();
});

const bobSees = (text: string) => stage.bob.sees(dashboard.link, `"text": "${text}"`);

async function strategies(): Promise<[number, string | null][]> {
  const { body } = await stage.alice.call<VersionList>('GET', `dashboards/${dashboard.id}/versions`);
  return body.versions.map(({ n, strategy }) => [n, strategy]);
}

/** The database that the service has in its claim, on this machine. */
async function database(): Promise<string> {
  const claim = await cluster.api.get<Claim>(`${cluster.path}/persistentvolumeclaims/dashboards`);
  const volume = await cluster.api.get<PersistentVolume>(`/api/v1/persistentvolumes/${claim.spec.volumeName}`);
  return join(cluster.volume(volume.spec.csi!.volumeHandle), 'dashboards.sqlite');
}

test('what is printed for the chart serves: the Hub starts no service, that of the pod clones with the rights of its Role', async () => {
  expect(processesOf(stage.hub, SERVICE)).toEqual([]);
  expect((await service.pod()).spec).toMatchObject({ serviceAccountName: 'dashboards' });
  await bobSees('first');
  expect(await strategies()).toEqual([[1, 'clone']]);
  const { claims } = await eventually(() => runningPod(cluster, stage.hub, 'alice', server));
  expect(claims.map(({ spec }) => spec.dataSource?.kind)).toContain('PersistentVolumeClaim');
});

test('its database and key are its own, in its claim, and stay when its pod is replaced: dashboards go on', async () => {
  const file = await database();
  const key = statSync(`${file}.key`);
  expect({ uid: key.uid, mode: key.mode & 0o777 }).toEqual({ uid: 1000, mode: 0o600 });
  const first = await service.pod();
  await cluster.api.delete(`${cluster.path}/pods/${first.metadata.name}`);
  await service.pod(first.metadata.name);
  await serviceAnswers(stage.hub);
  expect(statSync(`${file}.key`).ino).toBe(key.ino);

  await bobSees('first');
  await stage.save('sales/app.py', tellingApp('second'));
  const build = await stage.alice.update(dashboard.id, await stage.change('sales'));
  expect(await stage.lab.help(build.id)).toMatchObject({ state: 'live', problem: null });
  await bobSees('second');
  expect(await strategies()).toEqual([
    [2, 'clone'],
    [1, 'clone']
  ]);
});

test('what is deleted takes its claims with it', async () => {
  expect((await stage.alice.call('DELETE', `dashboards/${dashboard.id}`)).status).toBe(204);
  const ofVersions = encodeURIComponent('jupyterhub-dashboards/dashboard');
  const path = `${cluster.path}/persistentvolumeclaims?labelSelector=${ofVersions}`;
  await eventually(async () => (await cluster.api.list<Claim>(path)).items.length === 0);
});
