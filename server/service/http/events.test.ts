import type { Socket } from 'node:net';

import type { Audience, BuildReply, DashboardEvent } from '../../contract';
import { createChangeLog } from '../db/change-log';
import { openDatabase } from '../db/open';
import { EventReader } from '../testing/events';
import { addUser } from '../testing/fake-hub';
import { dashboardRecordOf } from '../testing/records';
import { eventually, PREFIX, PUBLISH, startTestService, type TestService } from '../testing/test-service';

let test: TestService;
let alice: string;
let bob: string;
let root: string;
const readers: EventReader<DashboardEvent>[] = [];

beforeEach(async () => {
  test = await startTestService();
  alice = addUser(test.hub, 'alice');
  bob = addUser(test.hub, 'bob', { groups: ['staff'] });
  root = addUser(test.hub, 'root', { admin: true });
});
afterEach(async () => {
  readers.splice(0).forEach(reader => reader.close());
  await test.stop();
});

async function listen(token: string, lastEventId?: string): Promise<EventReader<DashboardEvent>> {
  const reader = await EventReader.open<DashboardEvent>(`${test.origin}${PREFIX}api/v1/events`, token, lastEventId);
  readers.push(reader);
  await eventually(() => reader.events.some(({ kind }) => kind === 'ready'));
  return reader;
}

const publish = async (name: string, audience: Audience = { kind: 'owner' }) =>
  (await test.call<BuildReply>(alice, 'POST', 'api/v1/dashboards', { ...PUBLISH, name, audience })).body.dashboard.id;
/** One that nothing happens to by itself. */
async function quiet(id: string, audience: Audience = { kind: 'owner' }): Promise<void> {
  const { dashboard, nameKey, version, build } = dashboardRecordOf(id, { audience });
  await test.service.context.dashboards.create(dashboard, nameKey, version, build);
  test.service.context.changes.report({ kind: 'dashboard', id });
}
/** Sends out many large changes at once. @returns their names */
async function many(count: number, characters: number): Promise<string[]> {
  const { changes, dashboards } = test.service.context;
  const ids = Array.from({ length: count }, (_, n) => `many${1_000 + n}`);
  for (const id of ids) {
    const { dashboard, nameKey, version, build } = dashboardRecordOf(id, { description: 'x'.repeat(characters) });
    await dashboards.create(dashboard, nameKey, version, build);
  }
  ids.forEach(id => changes.report({ kind: 'dashboard', id }));
  return ids;
}
const share = (id: string, audience: Audience) => test.call(alice, 'PATCH', `api/v1/dashboards/${id}`, { audience });
const rename = (id: string, name: string) => test.call(alice, 'PATCH', `api/v1/dashboards/${id}`, { name });

const told = (reader: EventReader<DashboardEvent>) =>
  reader.events.map(event =>
    event.kind === 'dashboard' ? event.dashboard.name : event.kind === 'deleted' ? `-${event.id}` : event.kind
  );
const hears = (reader: EventReader<DashboardEvent>, what: string) =>
  eventually(() => told(reader).includes(what) && reader.ids[told(reader).indexOf(what)], 10_000);
/** A change that everybody hears, so that what came before it has been sent. */
async function mark(readers: EventReader<DashboardEvent>[], name: string): Promise<void> {
  const id = await publish(name, { kind: 'everyone' });
  await Promise.all(readers.map(reader => hears(reader, name)));
  await test.call(alice, 'DELETE', `api/v1/dashboards/${id}`);
}

describe('the event stream', () => {
  it('says nothing of what there is, and everything that changes', async () => {
    const earlier = await listen(root);
    await quiet('before', { kind: 'everyone' });
    await hears(earlier, 'before');
    const reader = await listen(bob);
    expect(told(reader)).toEqual(['ready']);
    const id = await publish('After', { kind: 'people', users: ['bob'], groups: [] });
    await hears(reader, 'After');
    expect(reader.events.at(-1)).toMatchObject({ dashboard: { id, mine: false, source: null, build: null } });
    expect(told(reader)).not.toContain('before');
  });

  it.each<[string, Audience]>([
    ['a name', { kind: 'people', users: ['bob'], groups: [] }],
    ['a group', { kind: 'people', users: [], groups: ['staff'] }],
    ['everybody', { kind: 'everyone' }]
  ])('tells a viewer by %s that it is gone when it is no longer shared or deleted', async (_by, audience) => {
    test.hub.groups.add('staff');
    const id = await publish('Shared', audience);
    const reader = await listen(bob);
    await share(id, { kind: 'owner' });
    await hears(reader, `-${id}`);
    await share(id, audience);
    await hears(reader, 'Shared');
    await test.call(alice, 'DELETE', `api/v1/dashboards/${id}`);
    await eventually(() => told(reader).filter(one => one === `-${id}`).length === 2);
  });

  it('tells nobody anything of a dashboard that they never could see, and administrators of all', async () => {
    const readers = { alice: await listen(alice), bob: await listen(bob), root: await listen(root) };
    const id = await publish('Private');
    await rename(id, 'Still private');
    await share(id, { kind: 'people', users: ['root'], groups: [] });
    await share(id, { kind: 'owner' });
    await hears(readers.root, 'Still private');
    await test.call(alice, 'DELETE', `api/v1/dashboards/${id}`);
    await Promise.all([hears(readers.alice, `-${id}`), hears(readers.root, `-${id}`)]);
    await mark(Object.values(readers), 'Mark');
    expect(JSON.stringify(readers.bob.events)).not.toMatch(new RegExp(`rivate|${id}`));
  });

  it('goes on where it broke off, also after the service was started again', async () => {
    const kept = await publish('Kept', { kind: 'everyone' });
    const lost = await publish('Lost', { kind: 'everyone' });
    const gone = await publish('Gone', { kind: 'everyone' });
    const secret = await publish('Secret');
    const reader = await listen(bob);
    await mark([reader], 'Mark');
    const last = reader.ids.at(-1) ?? '';
    reader.close();

    await rename(kept, 'Kept and renamed');
    await share(lost, { kind: 'owner' });
    await rename(lost, 'Lost and renamed');
    await test.call(alice, 'DELETE', `api/v1/dashboards/${gone}`);
    await rename(secret, 'Still secret');
    await test.restart();

    const again = await listen(bob, last);
    const before = told(again).slice(0, told(again).indexOf('ready'));
    expect(before).toEqual(expect.arrayContaining(['Kept and renamed', `-${lost}`, `-${gone}`]));
    expect(told(again)).not.toContain('reset');
    expect(JSON.stringify(again.events)).not.toMatch(/ecret|Lost and renamed/);
    expect(again.ids.map(Number)).toEqual([...again.ids.map(Number)].sort((a, b) => a - b));
    // From each of its events on it can be gone on with, and nothing is missed. More may come while this is looked at, and
    // what has changed twice is told once to who comes later.
    const changes = (reader: typeof again, from = 0) => {
      const newestFirst = told(reader).slice(from).reverse();
      return [...new Set(newestFirst)].filter(one => one !== 'ready').join();
    };
    for (const [index, id] of again.ids.entries()) {
      const rest = await listen(bob, id);
      await eventually(() => changes(rest) === changes(again, index + 1));
    }
  });

  it('says what was changed by a service that was killed before it could tell', async () => {
    const id = await publish('Sales', { kind: 'everyone' });
    const reader = await listen(bob);
    await mark([reader], 'Mark');
    const last = reader.ids.at(-1);
    reader.close();
    await test.service.context.dashboards.moveDesired(id, 'asleep', 'off', Date.now());
    await test.service.context.dashboards.moveDesired(id, 'on', 'off', Date.now());
    await test.restart();
    await hears(await listen(bob, last), 'Sales');
  });

  it.each(['999999999', '-1', 'abc', '1e3', ''])('says to read everything again after the id %j', async id => {
    await quiet('sales');
    expect(told(await listen(alice, id || ' ')).slice(0, 2)).toEqual(['reset', 'ready']);
  });

  it('says to read everything again when too much was missed, or too long ago', async () => {
    const reader = await listen(alice);
    for (let n = 0; n < 201; n++) {
      await quiet(`many${n}`);
    }
    await eventually(() => reader.events.length === 202);
    expect(told(await listen(alice, reader.ids[0]))).toEqual(['reset', 'ready']);
    expect(told(await listen(alice, reader.ids.at(-2)))).toEqual([told(reader).at(-1), 'ready']);
    await test.service.context.dashboards.markDeleting('many7', Date.now(), 'alice');
    const db = await openDatabase(test.config.database);
    await createChangeLog(db).forget(Date.now() + 1);
    await db.destroy();
    expect(told(await listen(alice, reader.ids.at(-1)))).toEqual(['reset', 'ready']);
  });

  it('brings a reader everything that is large, when it happens and after a broken connection', async () => {
    const reader = await listen(alice);
    await quiet('first');
    const first = await hears(reader, 'first');
    const all = await many(150, 20_000);
    await hears(reader, 'many1149');
    expect([told(reader), reader.ended]).toEqual([['ready', 'first', ...all], false]);
    const again = await listen(alice, String(first));
    expect([told(again), again.ended]).toEqual([[...all, 'ready'], false]);
    expect(again.ids.slice(0, -1)).toEqual(reader.ids.slice(2));
  });

  it.each([
    ['what it has not seen', 20],
    ['to read everything again, where that is too much', 201]
  ])('keeps little for a reader that takes nothing for a while, and tells it %s', async (_what, further) => {
    const sockets: Socket[] = [];
    test.service.app.server.on('connection', socket => sockets.push(socket));
    let begin = () => undefined as void;
    const url = `${test.origin}${PREFIX}api/v1/events`;
    const slow = await EventReader.open<DashboardEvent>(url, alice, undefined, new Promise(go => (begin = go)));
    readers.push(slow);
    const [socket] = sockets;
    const prompt = await listen(root);

    const large = await many(150, 200_000);
    await hears(prompt, 'many1149');
    const small = Array.from({ length: further }, (_, n) => `small${1_000 + n}`);
    for (const name of small) {
      await quiet(name);
    }
    await quiet('then');
    await hears(prompt, 'then');
    await quiet('then again');
    await hears(prompt, 'then again');
    expect(socket?.writableLength).toBeGreaterThan(0);
    expect(socket?.writableLength).toBeLessThan(1_000_000);

    begin();
    const rest = further > 200 ? ['reset'] : [...small, 'then', 'then again'];
    await eventually(() => told(slow).includes(rest.at(-1) ?? ''));
    expect(told(slow)).toEqual(['ready', ...large, ...rest]);
    expect(slow.ids.at(-1)).toBe(prompt.ids.at(-1));
    expect(slow.ended).toBe(false);
  });

  it('tells what could not be read at first', async () => {
    const reader = await listen(alice);
    jest.spyOn(test.service.context.dashboards, 'some').mockRejectedValueOnce(new Error('database is locked'));
    await quiet('sales');
    await hears(reader, 'sales');
    expect(test.log()).toContain('database is locked');
  });

  it('says to read everything again when somebody joins or leaves a group', async () => {
    await test.stop();
    test = await startTestService({}, { recheckMs: 100 });
    bob = addUser(test.hub, 'bob', { groups: ['staff'] });
    const reader = await listen(bob);
    test.hub.users.get('bob')?.groups.push('board');
    test.advance(60_000);
    await eventually(() => told(reader).includes('reset'));
  });

  it('reaches 500 readers, reading a change once for all of them', async () => {
    const id = await publish('Sales', { kind: 'everyone' });
    const all = await Promise.all(Array.from({ length: 500 }, () => listen(bob)));
    const some = jest.spyOn(test.service.context.dashboards, 'some');
    await rename(id, 'Renamed');
    await Promise.all(all.map(reader => hears(reader, 'Renamed')));
    expect(some.mock.calls.length).toBeLessThan(5);
  }, 30_000);
});
