import { join } from 'node:path';

import { eventually } from '../../service/testing/test-service';
import type { Dashboard } from '../../contract';
import { runningPod } from './evidence';
import { startFaultyProxy, type FaultyProxy } from './faulty-proxy';
import { startProductCluster, type ProductCluster } from './product';
import { Stage, tellingApp } from './stage';
import { STOCK } from './storage-settings';

jest.setTimeout(240_000);

/** How KubeSpawner asks for what happens to pods, and for events. */
const WATCHES = /[?&]watch=true/i;
const CUT_EVERY_MS = 100;

let cluster: ProductCluster;
let proxy: FaultyProxy;
let stage: Stage;
let dashboard: Dashboard;
let server: string;

beforeAll(async () => {
  cluster = await startProductCluster();
  proxy = await startFaultyProxy(cluster.kubeconfig('hub'), join(cluster.folder, 'faulty.kubeconfig'), cluster.gateway);
  stage = await Stage.set(cluster, {
    storage: STOCK,
    configure: 'strategies=["clone", "git"]',
    hubKubeconfig: proxy.kubeconfig
  });
});
afterAll(async () => {
  await stage?.hub.stop();
  await proxy?.stop();
  await cluster?.stop();
});

/** Breaks off the watches of the Hub again and again meanwhile; answers with how many there were. */
async function whileCut(work: () => Promise<void>): Promise<number> {
  let cut = 0;
  const timer = setInterval(() => (cut += proxy.cut(WATCHES)), CUT_EVERY_MS);
  try {
    await work();
  } finally {
    clearInterval(timer);
  }
  return cut;
}

it('what is published while the watches of the Hub are cut comes to be live', async () => {
  const cut = await whileCut(async () => {
    ({ dashboard, server } = await stage.publishSales());
  });
  expect(cut).toBeGreaterThan(1);
  await stage.bob.sees(dashboard.link, '"text": "first"');
});

it('so does a new version, in a new pod', async () => {
  await stage.save('sales/app.py', tellingApp('second'));
  const cut = await whileCut(async () => {
    const build = await stage.alice.update(dashboard.id, await stage.change('sales'));
    expect(await stage.alice.ended(build.id)).toMatchObject({ state: 'live', problem: null });
  });
  expect(cut).toBeGreaterThan(1);
  await stage.bob.sees(dashboard.link, '"text": "second"');
});

it('a pod that goes while nobody watches is missed once somebody does, and a visit starts another one', async () => {
  const before = await eventually(() => runningPod(cluster, stage.hub, 'alice', server));
  await whileCut(async () => {
    await cluster.api.delete(`${cluster.path}/pods/${before.pod.metadata.name}`);
    await eventually(async () => (await runningPod(cluster, stage.hub, 'alice', server)) === null);
  });
  await stage.bob.sees(dashboard.link, '"text": "second"');
  const after = await eventually(() => runningPod(cluster, stage.hub, 'alice', server));
  expect(after.pod.metadata.uid).not.toBe(before.pod.metadata.uid);
});
