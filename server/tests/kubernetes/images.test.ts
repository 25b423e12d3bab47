import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import type { Dashboard, VersionList } from '../../contract';
import { eventually } from '../../service/testing/test-service';
import { runningPod } from './evidence';
import { NEXT_IMAGE, SINGLE_USER_IMAGE, startProductCluster, type ProductCluster } from './product';
import { Stage, tellingApp } from './stage';

jest.setTimeout(240_000);

let cluster: ProductCluster;
let imageFile: string;

beforeAll(async () => {
  cluster = await startProductCluster();
  imageFile = join(cluster.folder, 'image');
});
afterAll(async () => {
  await cluster?.stop();
});

describe.each([
  { option: '', told: true, image: NEXT_IMAGE },
  { option: 'pin_image=True', told: false, image: SINGLE_USER_IMAGE }
])('Z15, the administrator goes on to another image; configure($option)', ({ option, told, image }) => {
  let stage: Stage;
  let dashboard: Dashboard;
  let server: string;
  const versions = async () =>
    (await stage.alice.call<VersionList>('GET', `dashboards/${dashboard.id}/versions`)).body.versions;
  const pod = () => eventually(() => runningPod(cluster, stage.hub, 'alice', server), 60_000);
  const log = async () => (await stage.alice.call<string>('GET', `dashboards/${dashboard.id}/logs/download`)).body;

  beforeAll(async () => {
    writeFileSync(imageFile, SINGLE_USER_IMAGE);
    // What an administrator changes without an end of anything that runs.
    const config = `
c.KubeSpawner.profile_list = lambda spawner: [
    {"display_name": "Lab", "default": True, "kubespawner_override": {"image": open("${imageFile}").read()}}
]
`;
    stage = await Stage.set(cluster, { config, configure: option });
    ({ dashboard, server } = await stage.publishSales());
  });
  afterAll(async () => {
    await stage?.hub.stop();
    await cluster.clear();
  });

  it('a version records what it was built with', async () => {
    const [{ builtWith } = {}] = await versions();
    expect(builtWith).toEqual({
      image: SINGLE_USER_IMAGE,
      python: expect.stringMatching(/^3\.\d+\.\d+/),
      framework: null
    });
  });

  it(`the next start has ${told ? 'the new image, and the log says so' : 'the old one'}`, async () => {
    writeFileSync(imageFile, NEXT_IMAGE);
    const before = await pod();
    await cluster.api.delete(`${cluster.path}/pods/${before.pod.metadata.name}`);
    await eventually(async () => (await runningPod(cluster, stage.hub, 'alice', server)) === null);
    await stage.bob.sees(dashboard.link, '"first"');
    const container = (await pod()).pod.spec.containers[0];
    expect(container?.image).toBe(image);
    expect(container?.env).toContainEqual({ name: 'JUPYTER_IMAGE', value: image });
    const sentence = `The software image has changed since version 1 was built: it was ${SINGLE_USER_IMAGE}, and is ${NEXT_IMAGE}.`;
    expect((await log()).includes(sentence)).toBe(told);
  });

  it('a stopped dashboard that is published again has the new image in any case', async () => {
    const { alice, lab } = stage;
    await stage.save('sales/app.py', tellingApp('second'));
    await alice.call('POST', `dashboards/${dashboard.id}/stop`);
    await eventually(async () => (await runningPod(cluster, stage.hub, 'alice', server)) === null);
    const source = { root: '~/sales', entry: 'app.py', scope: 'folder' };
    const build = await alice.update(dashboard.id, { place: (await lab.plan(source)).place });
    expect(await lab.help(build.id)).toMatchObject({ state: 'live', problem: null });
    await stage.bob.sees(dashboard.link, '"second"');
    expect((await pod()).pod.spec.containers[0]?.image).toBe(NEXT_IMAGE);
    expect((await versions()).map(({ builtWith }) => builtWith?.image)).toEqual([NEXT_IMAGE, SINGLE_USER_IMAGE]);
  });
});
