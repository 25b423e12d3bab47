import {
  BUILD_STATES,
  IDEMPOTENCY_HEADER,
  type AuditList,
  type Build,
  type BuildEvent,
  type BuildReply,
  type Dashboard,
  type DashboardEvent,
  type DashboardList
} from '../contract';
import type { EventReader } from '../service/testing/events';
import { eventually } from '../service/testing/test-service';
import { Author, page, type ApiAnswer } from './author';
import { gateOf } from './gate';
import { HELD_AUTHORS, HELD_BUILDS, HOLDS_SERVERS, type HeldBuild } from './held-builds';
import { startTestHub, type TestHub } from './hub';
import { leftovers, NO_ORPHANS, orphanRows, processesOf, writtenStage } from './leftovers';
import { KEEPER, onlyProcess, paused, SERVICE, serviceAnswers } from './service-process';

const STAGES = BUILD_STATES.filter(state => state !== 'failed' && state !== 'cancelled');

jest.setTimeout(90_000);

let hub: TestHub;
let authors: Record<HeldBuild['author'], Author>;
let root: Author;

/** A build that the service died in the middle of. */
interface Interrupted {
  build: Build;
  /** What the service had written of it, and had told its author. */
  stage: unknown;
  heard: EventReader<BuildEvent>;
}
const interrupted = new Map<HeldBuild, Interrupted>();
/** The reply to one publish was out before the service died; that to another one, which can be sent again, was not. */
let accepted: Dashboard;
let unanswered: () => Promise<ApiAnswer<BuildReply>>;
/** All changes, as an administrator's panel hears of them. */
let panel: EventReader<DashboardEvent>;

const gates = () => Object.values(authors).map(gateOf);

beforeAll(async () => {
  hub = await startTestHub({ users: [...HELD_AUTHORS], admins: ['root'], config: HOLDS_SERVERS });
  const byName = async (name: string) => [name, await Author.of(hub, name)] as const;
  authors = Object.fromEntries(await Promise.all(HELD_AUTHORS.map(byName))) as typeof authors;
  root = await Author.of(hub, 'root');
  gates().forEach(gate => gate.letGo());
  const prepared = HELD_BUILDS.map(async held => [held, await held.prepare(authors[held.author])] as const);
  const begins = await Promise.all(prepared);
  gates().forEach(gate => gate.hold());

  const { alice } = authors;
  alice.write('app.py', page('open'));
  const key = { [IDEMPOTENCY_HEADER]: 'sent again' };
  unanswered = () => alice.call('POST', 'dashboards', alice.request('unanswered', '.', 'app.py'), key);
  const [keeper, service] = await Promise.all([onlyProcess(hub, KEEPER), onlyProcess(hub, SERVICE)]);
  panel = await root.listen('events');
  for (const [held, begin] of begins) {
    const author = authors[held.author];
    const build = await begin();
    await eventually(async () => (await author.build(build.id)).state === held.stage, 30_000);
    const heard = await author.listen<BuildEvent>(`builds/${build.id}/events`);
    interrupted.set(held, { build, stage: null, heard });
  }
  accepted = await alice.publish(alice.request('accepted', '.', 'app.py'));
  await outage(keeper, service);
}, 300_000);
afterAll(() => hub?.stop());

/** Everything goes on except the service, which is away until the Hub has asked it more than once. */
async function outage(keeper: number, service: number): Promise<void> {
  await paused(keeper, async () => {
    const sent = unanswered().catch(() => null);
    process.kill(service, 'SIGKILL');
    await sent;
    await eventually(() => processesOf(hub, SERVICE).length === 0, 10_000);
    for (const one of interrupted.values()) {
      one.stage = writtenStage(hub, one.build.id);
    }
    gates().forEach(gate => gate.letGo());
    await eventually(() => (hub.log().match(/service cannot be asked/g) ?? []).length > 1, 20_000);
  });
  await serviceAnswers(hub);
}

describe.each(HELD_BUILDS)('$title', held => {
  let author: Author;
  let one: Interrupted;

  beforeAll(() => {
    author = authors[held.author];
    one = interrupted.get(held) as Interrupted;
  });

  it('was there when the service died, and comes to its end', async () => {
    expect(one.stage).toBe(held.stage);
    expect(await author.ended(one.build.id)).toMatchObject({ state: 'live', problem: null });
    await author.sees((await author.dashboard(one.build.dashboardId)).link, 'open');
    expect(await author.versions(one.build.dashboardId)).toEqual(held.versions);
  });

  it('leaves one server with one process, and nothing half done', async () => {
    const { dashboardId: id } = one.build;
    const servers = (await author.servers({ stopped: true })).filter(name => name.endsWith(id.slice(0, 8)));
    expect(servers).toHaveLength(1);
    const kept = held.versions.map((_, n) => n + 1);
    const left = await eventually(() => {
      const found = leftovers(author.home, id, kept);
      return found.processes.length === 1 && found;
    }, 20_000);
    expect(left.files).toEqual([]);
  });

  it('is told to who comes back to its events, each stage and line once', async () => {
    const { heard, build } = one;
    const rest = await author.listen<BuildEvent>(`builds/${build.id}/events`, heard.ids.at(-1));
    await eventually(() => rest.ended, 10_000);
    const events = [...heard.events, ...rest.events];
    expect(events.map(({ seq }) => seq)).toEqual(events.map(({ seq }) => seq).sort((a, b) => a - b));
    const stages = events.flatMap(event => (event.kind === 'state' ? event.build.state : []));
    const lines = events.flatMap(event => (event.kind === 'log' ? event.lines : []));
    // What waits for its server may be queued once more. A stage that came and went during the outage is told nobody.
    const again = stages.lastIndexOf('queued');
    expect(held.stage === 'server' ? [0, 2] : [0]).toContain(again);
    expect(stages.slice(again)).toEqual(STAGES.filter(stage => stages.includes(stage)));
    expect(stages.at(-1)).toBe('live');
    // Its first line and its last one. What has worked before is only started.
    const said = lines.filter(line => /^(The author chose|Opening the first page)/.test(line));
    expect(said).toHaveLength(build.kind === 'publish' ? 2 : 0);
  });
});

it('a publish whose reply was just out comes to its end', async () => {
  const { alice } = authors;
  expect(await alice.ended(accepted.build?.id ?? '')).toMatchObject({ state: 'live', problem: null });
  await alice.sees(accepted.link, 'open');
  expect(await alice.versions(accepted.id)).toEqual(['1 ready, live']);
});

it('a publish whose reply was lost can be sent again, and makes one dashboard', async () => {
  const { alice } = authors;
  const answers = [await unanswered(), await unanswered()];
  expect(answers.map(({ status }) => status)).toEqual([201, 201]);
  expect(answers[0]?.body.build.id).toBe(answers[1]?.body.build.id);
  expect((await alice.ended(answers[0]?.body.build.id ?? '')).state).toBe('live');
});

it('an administrator sees all of them running, in the list and in the events after the last one heard', async () => {
  const { body } = await root.call<DashboardList>('GET', 'dashboards?filter=all');
  const names = [...HELD_BUILDS.map(({ folder }) => folder), 'accepted', 'unanswered'].sort();
  expect(body.dashboards.map(({ name }) => name).sort()).toEqual(names);
  await eventually(async () => {
    const all = (await root.call<DashboardList>('GET', 'dashboards?filter=all')).body.dashboards;
    return all.every(({ state }) => state === 'running');
  }, 20_000);
  const later = await root.listen<DashboardEvent>('events', panel.ids.at(-1));
  await eventually(() => later.events.some(({ kind }) => kind === 'ready'), 10_000);
  const told = new Map(
    [...panel.events, ...later.events].flatMap(event =>
      event.kind === 'dashboard' ? [[event.dashboard.name, event.dashboard.state] as const] : []
    )
  );
  later.close();
  expect(Object.fromEntries(told)).toEqual(Object.fromEntries(names.map(name => [name, 'running'])));
});

it('nothing is recorded twice, and no row belongs to nothing', async () => {
  const { body } = await root.call<AuditList>('GET', 'audit?limit=200');
  const ended = body.records.filter(({ action }) => action === 'live').map(({ slug, detail }) => `${slug} ${detail}`);
  const returns = ended.filter(one => one === 'return version 1');
  expect(returns).toHaveLength(2);
  expect(new Set(ended).size).toBe(ended.length - 1);
  expect(body.records.filter(({ action }) => action === 'failed')).toEqual([]);
  expect(orphanRows(hub)).toEqual(NO_ORPHANS);
});
