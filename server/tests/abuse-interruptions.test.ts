import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import type { BuildState } from '../contract';
import { notebook } from '../runner/testing/notebook';
import { eventually } from '../service/testing/test-service';
import { Author, page } from './author';
import { hasServer } from './bad-case';
import { gateOf, WAITING } from './gate';
import { startTestHub, type TestHub } from './hub';
import { hasFolder, hasRow, leftovers, type Leftovers, NO_ORPHANS, NOTHING, orphanRows } from './leftovers';

/** Answers its first request, by which it is found to be up, and no other. */
const HANGING = page(
  'once',
  'asked = []\ndef on_request(path):\n    asked.append(path)\n    if len(asked) > 1:\n        time.sleep(600)'
);

jest.setTimeout(90_000);

let hub: TestHub;
let alice: Author;

beforeAll(async () => {
  hub = await startTestHub({
    users: ['alice', 'slow'],
    config: `
async def slow_start(spawner):
    import asyncio
    while spawner.user.name == "slow" and not os.path.exists(os.path.join(spawner.home_dir, "gate")):
        await asyncio.sleep(0.05)
c.Spawner.pre_spawn_hook = slow_start
`
  });
  alice = await Author.of(hub, 'alice');
}, 90_000);
afterAll(() => hub?.stop());

/** The build has come to this stage. */
const reaches = (who: Author, id: string, stage: BuildState) =>
  eventually(async () => (await who.build(id)).state === stage, 30_000);

const goneFromHub = (who: Author, id: string) => eventually(async () => !(await hasServer(who, id)), 20_000);

/** Nothing at the Hub, on the disk, in memory or in the database. */
async function nothingLeft(who: Author, id: string): Promise<void> {
  await eventually(() => !hasRow(hub, id), 30_000);
  expect((await who.servers({ stopped: true })).filter(name => name.endsWith(id.slice(0, 8)))).toEqual([]);
  expect(leftovers(who.home, id)).toEqual(NOTHING);
  expect(hasFolder(who.home, id)).toBe(false);
  expect(orphanRows(hub)).toEqual(NO_ORPHANS);
}

/** A folder that takes a moment to copy. */
function manyFiles(who: Author, folder: string): void {
  for (let n = 0; n < 6_000; n += 1) {
    who.write(`${folder}/data/${n}.txt`, `${n}`);
  }
}

const STAGES: { stage: BuildState; prepare(folder: string): object }[] = [
  {
    stage: 'copy',
    prepare(folder) {
      alice.write(`${folder}/app.py`, WAITING);
      manyFiles(alice, folder);
      return alice.change(folder, 'app.py');
    }
  },
  {
    stage: 'start',
    prepare(folder) {
      alice.write(`${folder}/app.py`, WAITING);
      return alice.change(folder, 'app.py');
    }
  },
  {
    stage: 'check',
    prepare(folder) {
      alice.write(`${folder}/app.py`, HANGING);
      return alice.change(folder, 'app.py');
    }
  },
  {
    stage: 'check',
    prepare(folder) {
      alice.write(`${folder}/report.ipynb`, notebook('import time', 'time.sleep(600)'));
      return alice.change(folder, 'report.ipynb', { detect: true });
    }
  }
];

describe.each(STAGES.map((one, index) => ({ ...one, folder: `stage-${index}` })))(
  'at the stage $stage ($folder)',
  ({ stage, prepare, folder }) => {
    let change: object;

    beforeAll(() => {
      gateOf(alice).hold();
      change = prepare(folder);
    });

    it('a first publish can be cancelled, and leaves no server, file or process', async () => {
      const { id, build } = await alice.publish({ name: `Cancelled ${folder}`, ...change });
      await reaches(alice, build?.id ?? '', stage);
      const { status, body } = await alice.call('POST', `builds/${build?.id}/cancel`);
      expect([status, body]).toMatchObject([200, { state: 'cancelled', problem: { code: 'cancelled' } }]);
      await goneFromHub(alice, id);
      await comesTo(() => leftovers(alice.home, id), NOTHING);
      expect(await alice.dashboard(id)).toMatchObject({ state: 'cancelled', liveVersion: null });
      expect(await alice.versions(id)).toEqual(['1 failed']);
      await alice.call('DELETE', `dashboards/${id}`);
      await nothingLeft(alice, id);
    });

    it('an update can be cancelled, and the old version goes on answering', async () => {
      const { id, link } = await alice.steady();
      const { processes } = leftovers(alice.home, id, [1]);
      expect(processes).toHaveLength(1);
      const build = await alice.update(id, change);
      await reaches(alice, build.id, stage);
      await alice.call('POST', `builds/${build.id}/cancel`);
      await comesTo(() => leftovers(alice.home, id, [1]), { files: [], processes });
      expect((await alice.build(build.id)).state).toBe('cancelled');
      expect((await alice.open(link)).text).toBe('steady');
      expect((await alice.versions(id)).slice(0, 1)).toEqual([`${build.version} failed`]);
    });

    it('its dashboard can be deleted, and nothing of it is left', async () => {
      const { id, build, link } = await alice.publish({ name: `Deleted ${folder}`, ...change });
      await reaches(alice, build?.id ?? '', stage);
      expect((await alice.call('DELETE', `dashboards/${id}`)).status).toBe(204);
      expect((await alice.open(link)).status).toBe(404);
      await nothingLeft(alice, id);
    });
  }
);

describe('while the Hub is still starting the server', () => {
  let slow: Author;
  let gate: ReturnType<typeof gateOf>;

  beforeAll(async () => {
    slow = await Author.of(hub, 'slow');
    gate = gateOf(slow);
    slow.write('app/app.py', page('slow'));
  });
  beforeEach(() => gate.hold());
  afterAll(() => gate.letGo());

  it('a publish can be cancelled: what comes up later does nothing and goes', async () => {
    const { id, build } = await slow.publish(slow.request('Cancelled', 'app', 'app.py'));
    await reaches(slow, build?.id ?? '', 'server');
    expect((await slow.call('POST', `builds/${build?.id}/cancel`)).status).toBe(200);
    gate.letGo();
    await goneFromHub(slow, id);
    expect(leftovers(slow.home, id)).toEqual(NOTHING);
    expect(await slow.build(build?.id ?? '')).toMatchObject({ state: 'cancelled' });
    expect(await slow.dashboard(id)).toMatchObject({ liveVersion: null, desired: 'asleep' });
  });

  it('its dashboard can be deleted, and nothing of it is left', async () => {
    const { id, build } = await slow.publish(slow.request('Deleted', 'app', 'app.py'));
    await reaches(slow, build?.id ?? '', 'server');
    expect((await slow.call('DELETE', `dashboards/${id}`)).status).toBe(204);
    gate.letGo();
    await nothingLeft(slow, id);
  });
});

it('a sleeping dashboard can be deleted with its files, and a folder that was published stays', async () => {
  alice.write('asleep/app.py', page('asleep'));
  const { id } = await alice.live(alice.request('Asleep', 'asleep', 'app.py'));
  const server = (await alice.servers()).find(name => name.endsWith(id.slice(0, 8)));
  await hub.api('DELETE', `users/alice/servers/${server}`);
  await eventually(async () => (await alice.dashboard(id)).state === 'asleep', 20_000);
  expect(hasFolder(alice.home, id)).toBe(true);
  expect((await alice.call('DELETE', `dashboards/${id}`)).status).toBe(204);
  await nothingLeft(alice, id);
  expect(existsSync(join(alice.home, 'asleep/app.py'))).toBe(true);
});

it('an app that dies again and again is started again, then given up with the reason', async () => {
  // Dies at the second request: the first one is the check after the publish.
  const dying = `asked = []
def on_request(path):
    asked.append(path)
    if len(asked) > 2 or os.path.exists(os.path.expanduser("~/dead")):
        sys.stderr.write("out of tea\\n")
        os._exit(3)`;
  alice.write('dying/app.py', page('alive', dying));
  const { id, link } = await alice.live(alice.request('Dying', 'dying', 'app.py'));
  alice.write('dead', '');
  await alice.open(link).catch(() => null);
  await eventually(async () => (await alice.dashboard(id)).state === 'starting', 20_000);
  rmSync(join(alice.home, 'dead'));
  await alice.sees(link, 'alive');

  alice.write('dead', '');
  const failed = await eventually(async () => {
    await alice.open(link).catch(() => null);
    const dashboard = await alice.dashboard(id);
    return dashboard.state === 'failed' && dashboard;
  }, 60_000);
  expect(failed.problem).toMatchObject({ code: 'app_exited', message: 'The app ended with code 3.' });
  expect(failed.problem?.detail).toContain('out of tea');
  expect((await alice.open(link)).text).toContain('The app ended with code 3.');
  expect(leftovers(alice.home, id, [1]).processes).toEqual([]);

  // An update is the way out.
  rmSync(join(alice.home, 'dead'));
  alice.write('dying/app.py', page('well again'));
  expect((await alice.ended((await alice.update(id, {})).id)).state).toBe('live');
  await alice.sees(link, 'well again');
});

/** Looks until there is what should be there, and says what there is if that takes too long. */
async function comesTo(look: () => Leftovers, expected: Leftovers): Promise<void> {
  await eventually(() => JSON.stringify(look()) === JSON.stringify(expected), 10_000).catch(() => null);
  expect(look()).toEqual(expected);
}
