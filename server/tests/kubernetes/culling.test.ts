import { eventually } from '../../service/testing/test-service';
import { variable } from '../installation';
import { CULLER, whileCulling } from '../culler';
import { runningPod } from './evidence';
import type { Claim } from './objects';
import { startProductCluster, type ProductCluster } from './product';
import { Stage, tellingApp } from './stage';
import { STOCK } from './storage-settings';

jest.setTimeout(240_000);

/** What each version is, is on the claim of its server in any case. */
const STORAGES = [
  { strategy: 'relay', where: 'on the claim of the server' },
  { strategy: 'clone', where: 'on claims of their own' }
] as const;

let cluster: ProductCluster;

beforeAll(async () => {
  cluster = await startProductCluster();
});
afterAll(async () => {
  await cluster?.stop();
});

describe.each(STORAGES)('by $strategy, versions are $where', ({ strategy }) => {
  let stage: Stage;
  let id: string;
  let link: string;
  let server: string;

  beforeAll(async () => {
    stage = await Stage.set(cluster, {
      storage: STOCK,
      config: CULLER,
      configure: `strategies=["${strategy}", "git"]`
    });
    await stage.save('sales/app.py', tellingApp('first'));
    const published = await stage.alice.publish(await stage.request('Sales', 'sales'));
    ({ id, link } = published);
    expect(await stage.lab.help(published.build!.id)).toMatchObject({ state: 'live', problem: null });
    [server = ''] = await stage.alice.servers();
  });
  afterAll(async () => {
    await stage?.hub.stop();
    await cluster.clear();
  });

  const bobSees = (text: string) => stage.bob.sees(link, `"text": "${text}"`);
  const running = () => runningPod(cluster, stage.hub, 'alice', server);

  const culled = (flags: string[], isDone: () => Promise<boolean>) =>
    whileCulling(
      stage.hub,
      ['--timeout=3', ...flags],
      () => eventually(isDone),
      variable('DASHBOARDS_KUBERNETES_HUB_PYTHON', 'the Python that has kubespawner')
    );

  async function claims(): Promise<string[]> {
    const { items } = await cluster.api.list<Claim>(`${cluster.path}/persistentvolumeclaims`);
    return items.map(({ metadata }) => metadata.name);
  }

  it('`timeout`: its pod goes and its claims stay; a visit starts another one', async () => {
    const before = (await eventually(running)).pod.metadata.uid;
    const kept = await claims();
    await culled([], async () => (await running()) === null && (await stage.alice.dashboard(id)).state === 'asleep');
    expect(await claims()).toEqual(kept);
    await bobSees('first');
    expect((await eventually(running)).pod.metadata.uid).not.toBe(before);
  });

  it('`removeNamedServers`: versions go with the claim of the server, which is said, and publishing again helps', async () => {
    await culled(['--remove-named-servers=true'], async () => {
      const known = await stage.alice.servers({ stopped: true });
      return known.length === 0 && !(await claims()).some(name => name.startsWith('claim-') && name.includes('dash-'));
    });
    expect(await claims()).toContain('claim-alice');
    await stage.bob.open(link);
    const problem = await eventually(async () => {
      await stage.alice.open(link);
      return (await stage.alice.dashboard(id)).problem;
    });
    expect(problem).toMatchObject({
      code: 'file_missing',
      message: 'The files of version 1 are no longer there.',
      fix: expect.stringMatching(/Publish/i) as string
    });
    expect(await stage.alice.versions(id)).toEqual(['1 lost, live']);

    await stage.lab.startAgain();
    const build = await stage.alice.update(id, await stage.change('sales'));
    expect(await stage.lab.help(build.id)).toMatchObject({ state: 'live', problem: null });
    await bobSees('first');
    expect(await stage.alice.versions(id)).toEqual(['2 ready, live', '1 lost']);
  });
});
