import type { Dashboard } from '../contract';
import { readable } from '../service/testing/page-text';
import { eventually } from '../service/testing/test-service';
import { Author, page } from './author';
import { hasServer } from './bad-case';
import { gateOf } from './gate';
import { startTestHub, type TestHub } from './hub';
import { hasFolder, hasRow, leftovers, NO_ORPHANS, NOTHING, orphanRows } from './leftovers';
import { SLOW_SPAWNER } from './slow-spawner';

jest.setTimeout(90_000);

const WAITING = 'Waiting for the Spawner to start its server';

let hub: TestHub;
let alice: Author, bob: Author;
let gate: ReturnType<typeof gateOf>;

beforeAll(async () => {
  hub = await startTestHub({ users: ['alice', 'bob'], config: SLOW_SPAWNER });
  [alice, bob] = await Promise.all([Author.of(hub, 'alice'), Author.of(hub, 'bob')]);
  gate = gateOf(alice);
  alice.write('app/app.py', page('worth waiting for'));
});
beforeEach(() => gate.hold());
afterAll(() => hub?.stop());

const publish = (name: string) =>
  alice.publish(alice.request(name, 'app', 'app.py', { audience: { kind: 'everyone' } }));

/** The Hub has answered 202: the Spawner is at work, and the build waits for it. */
async function waits({ id, build }: Dashboard): Promise<string> {
  const spawning = () => alice.servers().then(names => names.find(name => name.endsWith(`-${id.slice(0, 8)}`)));
  const server = (await eventually(spawning, 20_000)) ?? '';
  await eventually(async () => (await pendingOf(server)) === 'spawn', 20_000);
  expect((await alice.build(build?.id ?? '')).state).toBe('server');
  return server;
}

async function pendingOf(server: string): Promise<string | null> {
  const { body } = await hub.api('GET', 'users/alice');
  return (body as { servers: Record<string, { pending: string | null }> }).servers[server]?.pending ?? null;
}

async function nothingLeft({ id }: Dashboard): Promise<void> {
  await eventually(async () => !(await hasServer(alice, id)), 20_000);
  expect(leftovers(alice.home, id)).toEqual(NOTHING);
  expect(hasFolder(alice.home, id)).toBe(false);
}

it('a publish answers at once, its link says what is waited for, and the dashboard comes when the server does', async () => {
  const dashboard = await publish('Patience');
  await waits(dashboard);
  expect(await alice.dashboard(dashboard.id)).toMatchObject({ state: 'building', desired: 'on', liveVersion: null });
  for (const person of [alice, bob]) {
    const { status, text } = await person.open(dashboard.link);
    expect([status, text]).toEqual([503, expect.stringContaining(WAITING)]);
  }
  gate.letGo();
  expect((await alice.ended(dashboard.build?.id ?? '')).state).toBe('live');
  await bob.sees(dashboard.link, 'worth waiting for');
});

it('a sleeping dashboard says the same while it wakes', async () => {
  gate.letGo();
  const dashboard = await alice.live(alice.request('Sleeper', 'app', 'app.py', { audience: { kind: 'everyone' } }));
  gate.hold();
  const [server = ''] = (await alice.servers()).filter(name => name.endsWith(dashboard.id.slice(0, 8)));
  await hub.api('DELETE', `users/alice/servers/${server}`);
  await eventually(async () => (await alice.dashboard(dashboard.id)).state === 'asleep', 20_000);
  expect((await bob.open(dashboard.link)).text).toContain(WAITING);
  await eventually(async () => (await pendingOf(server)) === 'spawn', 20_000);
  expect((await bob.open(dashboard.link)).text).toContain(WAITING);
  expect((await alice.dashboard(dashboard.id)).state).toBe('starting');
  gate.letGo();
  await bob.sees(dashboard.link, 'worth waiting for');
});

it('a second publish waits beside the first, and both come up', async () => {
  const [first, second] = [await publish('First'), await publish('Second')];
  await Promise.all([waits(first), waits(second)]);
  const again = await alice.refused('POST', `dashboards/${first.id}/versions`, {});
  expect(again).toMatchObject({ status: 409, code: 'build_running' });
  expect(again.fix).toMatch(/cancel/i);
  gate.letGo();
  for (const { link, build } of [first, second]) {
    expect((await alice.ended(build?.id ?? '')).state).toBe('live');
    await bob.sees(link, 'worth waiting for');
  }
});

it('a cancelled publish leaves nothing, however long its server would have taken; the next one works', async () => {
  const dashboard = await publish('Cancelled');
  await waits(dashboard);
  const { status, body } = await alice.call('POST', `builds/${dashboard.build?.id}/cancel`);
  expect([status, body]).toMatchObject([200, { state: 'cancelled', problem: { code: 'cancelled' } }]);
  await nothingLeft(dashboard);
  expect(readable((await alice.open(dashboard.link)).text)).toContain('Publishing Cancelled was cancelled');

  gate.letGo();
  expect((await alice.ended((await alice.update(dashboard.id, {})).id)).state).toBe('live');
  await bob.sees(dashboard.link, 'worth waiting for');
});

it('what is published again at once after cancelling waits for the end of the old server', async () => {
  const dashboard = await publish('Changed my mind');
  await waits(dashboard);
  await alice.call('POST', `builds/${dashboard.build?.id}/cancel`);
  const { id } = await alice.update(dashboard.id, {});
  gate.letGo();
  expect(await alice.ended(id)).toMatchObject({ state: 'live', problem: null });
  await bob.sees(dashboard.link, 'worth waiting for');
});

it('a deleted dashboard leaves nothing, at the Hub or in the database', async () => {
  const dashboard = await publish('Deleted');
  const server = await waits(dashboard);
  expect((await alice.call('DELETE', `dashboards/${dashboard.id}`)).status).toBe(204);
  expect((await alice.open(dashboard.link)).status).toBe(404);
  await eventually(() => !hasRow(hub, dashboard.id), 30_000);
  await nothingLeft(dashboard);
  expect(await alice.servers({ stopped: true })).not.toContain(server);
  expect(orphanRows(hub)).toEqual(NO_ORPHANS);
});

it.each(['at once', 'after all'])(
  'a server that the Spawner cannot start %s ends the build with its words',
  async when => {
    if (when === 'at once') {
      gate.fail();
    }
    const dashboard = await publish(`Unlucky ${when}`);
    if (when === 'after all') {
      await waits(dashboard);
      gate.fail();
    }
    const { state, problem } = await alice.ended(dashboard.build?.id ?? '');
    expect([state, problem?.code]).toEqual(['failed', 'server_failed']);
    expect(problem?.message).toMatch(
      /^JupyterHub could not start the dashboard's server: .*no node with enough memory/
    );
    expect((await alice.open(dashboard.link)).text).toContain('no node with enough memory');
    await nothingLeft(dashboard);
  }
);
