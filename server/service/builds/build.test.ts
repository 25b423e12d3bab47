import type { Build, BuildEvent, BuildReply, DashboardEvent, ErrorReply } from '../../contract';
import { problem } from '../errors';
import { createAuthor } from '../testing/author';
import { EventReader } from '../testing/events';
import { addUser } from '../testing/fake-hub';
import { BUILT, startRunners, type FakeRunner } from '../testing/fake-runner';
import { eventually, PREFIX, PUBLISH, startTestService, type TestService } from '../testing/test-service';

let test: TestService;
let alice: string;
let bob: string;

beforeEach(async () => {
  test = await startTestService();
  alice = addUser(test.hub, 'alice');
  bob = addUser(test.hub, 'bob');
});
afterEach(() => test.stop());

const { build, publish, show, versions } = createAuthor(() => ({ test, token: alice }));

async function published(): Promise<{ id: string; runner: FakeRunner; server: string; buildId: string }> {
  const runners = startRunners(test);
  const made = await publish();
  const runner = await eventually(() => runners[0]);
  await runner.build();
  await eventually(async () => (await show(made.id)).state === 'running');
  return { ...made, runner };
}

describe('a build', () => {
  it('goes from publish to live: the job is in the start specification, the result moves the pointer', async () => {
    const { id, runner, buildId } = await published();
    expect(runner.specification).toMatchObject({
      owner: 'alice',
      dashboard: { id, slug: 'sales' },
      state: { live: null, job: { kind: 'publish', n: 1, source: PUBLISH.source, framework: null }, kept: [1] }
    });
    expect(test.hub.starts).toEqual([{ dashboard: id }]);
    expect(runner.state).toMatchObject({
      live: { n: 1, framework: 'streamlit', entry: 'app.py' },
      job: null,
      kept: [1]
    });
    expect(await build(buildId)).toMatchObject({ state: 'live', problem: null });
    expect(await show(id)).toMatchObject({ liveVersion: 1, framework: 'streamlit', desired: 'on' });
    expect(await versions(id)).toMatchObject([{ n: 1, state: 'ready', live: true, files: 3 }]);
  });

  it('tells what a folder is started with, which the version keeps', async () => {
    const runners = startRunners(test);
    const { id, buildId } = await publish({ source: { ...PUBLISH.source, entry: '.' } });
    const runner = await eventually(() => runners[0]);
    expect(runner.state.job).toMatchObject({ source: { entry: '.' } });
    const { status, body } = await runner.result(buildId, { ...BUILT, entry: 'sales.py' } as typeof BUILT);
    expect(status).toBe(200);
    expect(body.live).toMatchObject({ n: 1, entry: 'sales.py' });
    expect(await versions(id)).toMatchObject([{ source: { ...PUBLISH.source, entry: 'sales.py' } }]);
  });

  it('runs as soon as it is live, without a word from the runner in between', async () => {
    const { dashboards } = test.service.context;
    const runners = startRunners(test);
    const events = await EventReader.open<DashboardEvent>(`${test.origin}${PREFIX}api/v1/events`, alice);
    const { id, buildId } = await publish();
    const runner = await eventually(() => runners[0]);
    await runner.progress(buildId, 'check');
    await runner.heartbeat([], { state: 'none', version: null, problem: null });
    await eventually(async () => (await dashboards.get(id))?.runner?.ready);
    const states = () => events.events.flatMap(event => (event.kind === 'dashboard' ? event.dashboard.state : []));
    // Changes in short order are told together.
    await eventually(() => states().includes('building'));
    await runner.result(buildId);
    expect((await show(id)).state).toBe('running');
    await eventually(() => states().includes('running'));
    expect([...new Set(states())]).toEqual(['building', 'running']);
    events.close();
  });

  it('tells its result twice without harm', async () => {
    const { id, runner, buildId } = await published();
    const again = await runner.result(buildId);
    expect([again.status, again.body.live?.n]).toEqual([200, 1]);
    const failedNow = await runner.result(buildId, { ok: false, problem: problem('app_failed', 'No.') });
    expect(failedNow.status).toBe(200);
    expect(await show(id)).toMatchObject({ liveVersion: 1, state: 'running' });
  });

  it('is pushed to a runner that is connected already, and a failed one changes nothing', async () => {
    const { id, runner } = await published();
    const { body, status } = await test.call<BuildReply>(alice, 'POST', `api/v1/dashboards/${id}/versions`, {});
    expect([status, body.build.version]).toEqual([201, 2]);
    const job = await eventually(() => runner.state.job);
    expect(job).toMatchObject({ kind: 'publish', n: 2, id: body.build.id });
    expect(runner.state.live?.n).toBe(1);
    const second = await test.call<ErrorReply>(alice, 'POST', `api/v1/dashboards/${id}/versions`, {});
    expect([second.status, second.body.error.code]).toEqual([409, 'build_running']);
    await runner.result(job.id, { ok: false, problem: problem('app_failed', 'It raised NameError.', 'Correct it.') });
    expect(await build(job.id)).toMatchObject({ state: 'failed', problem: { code: 'app_failed' } });
    expect(await show(id)).toMatchObject({ liveVersion: 1, state: 'running', problem: null });
    expect((await versions(id)).map(({ n, state }) => [n, state])).toEqual([
      [2, 'failed'],
      [1, 'ready']
    ]);
    expect(test.hub.starts).toHaveLength(1);
  });

  it('takes what is left out from the live version, not from an attempt that failed', async () => {
    const { id, runner } = await published();
    const update = (body: object) => test.call<BuildReply>(alice, 'POST', `api/v1/dashboards/${id}/versions`, body);
    await update({ source: { ...PUBLISH.source, root: '/home/alice/gone' } });
    const job = await eventually(() => runner.state.job);
    await runner.result(job.id, { ok: false, problem: problem('folder_not_readable', 'It is not there.') });
    expect((await show(id)).source).toEqual(PUBLISH.source);
    await update({});
    expect(await eventually(() => runner.state.job)).toMatchObject({ n: 3, source: PUBLISH.source });
  });

  it('takes what is left out from the newest attempt where none has worked', async () => {
    const runners = startRunners(test);
    const { id } = await publish();
    const fails = async (runner: FakeRunner): Promise<void> => {
      const job = await eventually(() => runner.state.job);
      await runner.result(job.id, { ok: false, problem: problem('app_failed', 'No.') });
      await eventually(() => !test.service.context.channels.connected(id));
    };
    await fails(await eventually(() => runners[0]));
    const source = { ...PUBLISH.source, root: '/home/alice/corrected' };
    await test.call(alice, 'POST', `api/v1/dashboards/${id}/versions`, { source });
    await fails(await eventually(() => runners[1]));
    expect((await show(id)).source).toEqual(source);
    await test.call(alice, 'POST', `api/v1/dashboards/${id}/versions`, {});
    expect((await eventually(() => runners[2])).state.job).toMatchObject({ n: 3, source });
  });

  it('makes a kept version live again, and no other', async () => {
    const { id, runner } = await published();
    for (const n of [2, 3, 4]) {
      await test.call(alice, 'POST', `api/v1/dashboards/${id}/versions`, {});
      await runner.build();
      await eventually(async () => (await show(id)).liveVersion === n);
    }
    // keepVersions is 2: the live one and two more.
    expect((await versions(id)).map(({ n, state }) => [n, state])).toEqual([
      [4, 'ready'],
      [3, 'ready'],
      [2, 'ready'],
      [1, 'removed']
    ]);
    expect(runner.state.kept).toEqual([2, 3, 4]);
    const gone = await test.call<ErrorReply>(alice, 'POST', `api/v1/dashboards/${id}/live`, { version: 1 });
    expect([gone.status, gone.body.error.code]).toEqual([409, 'version_not_ready']);
    await test.call(alice, 'POST', `api/v1/dashboards/${id}/live`, { version: 2 });
    const job = await eventually(() => runner.state.job);
    expect(job).toMatchObject({ kind: 'activate', version: { n: 2, framework: 'streamlit' } });
    await runner.result(job.id);
    expect(await show(id)).toMatchObject({ liveVersion: 2 });
    expect((await versions(id)).filter(({ state }) => state === 'ready')).toHaveLength(3);
  });

  it('makes no version live again whose files are served as they are saved, once that is not allowed', async () => {
    const { id, runner } = await published();
    for (const [n, live] of [
      [2, true],
      [3, false]
    ] as const) {
      const { source } = PUBLISH;
      await test.call(alice, 'POST', `api/v1/dashboards/${id}/versions`, { source: { ...source, live } });
      const job = await eventually(() => runner.state.job);
      await runner.result(job.id, { ...BUILT, strategy: live ? 'live' : 'snapshot' } as typeof BUILT);
      await eventually(async () => (await show(id)).liveVersion === n);
    }
    test.config.strategies = ['snapshot'];
    const activate = (version: number) =>
      test.call<ErrorReply>(alice, 'POST', `api/v1/dashboards/${id}/live`, { version });
    expect([(await activate(2)).body.error, (await activate(1)).status]).toEqual([
      expect.objectContaining({ code: 'strategy_forbidden', fix: 'Publish them as they are now.' }),
      201
    ]);
  });

  it('can be cancelled: the runner is told, and what it says later changes nothing', async () => {
    const runners = startRunners(test);
    const { id, buildId } = await publish();
    const runner = await eventually(() => runners[0]);
    expect((await runner.progress(buildId, 'copy')).body).toEqual({ cancelled: false });
    expect((await test.call<Build>(alice, 'POST', `api/v1/builds/${buildId}/cancel`)).body.state).toBe('cancelled');
    const late = await runner.result(buildId);
    expect([404, 409, 200]).toContain(late.status);
    expect(await show(id)).toMatchObject({ state: 'cancelled', liveVersion: null, problem: { code: 'cancelled' } });
  });

  it('that is cancelled while its server starts calls the start off', async () => {
    test.hub.onStart = () => ({ status: 202 });
    const { id, buildId } = await publish();
    await eventually(() => test.hub.starts.length === 1);
    await test.call(alice, 'POST', `api/v1/builds/${buildId}/cancel`);
    await eventually(() => !test.service.context.servers.starting(id));
    await eventually(() => test.hub.users.get('alice')?.servers.size === 0);
    expect(test.hub.starts).toHaveLength(1);
    expect(await show(id)).toMatchObject({ state: 'cancelled', desired: 'asleep', problem: { code: 'cancelled' } });
  });

  it('shows stages and log lines to its owner alone, and resumes where a reader stopped', async () => {
    const runners = startRunners(test);
    const { buildId } = await publish();
    const runner = await eventually(() => runners[0]);
    await runner.progress(buildId, 'copy', ['one', 'two'], 0);
    // The service ended before its answer arrived, and nobody knew whether it had taken them.
    await runner.progress(buildId, 'copy', ['one', 'two'], 0);
    const url = `${test.origin}${PREFIX}api/v1/builds/${buildId}/events`;
    const reader = await EventReader.open<BuildEvent>(url, alice);
    expect(reader.headers.get('x-accel-buffering')).toBe('no');
    await runner.progress(buildId, 'start', ['two', 'three'], 1);
    await runner.result(buildId);
    await eventually(() => reader.ended);
    expect(reader.events.map(event => (event.kind === 'state' ? event.build.state : event.lines.join()))).toEqual([
      ...['queued', 'server', 'copy', 'one,two', 'start', 'three', 'live']
    ]);
    expect(reader.ids).toEqual(reader.events.map(event => String(event.seq)));
    const later = await EventReader.open<BuildEvent>(url, alice, reader.ids[3]);
    await eventually(() => later.ended);
    expect(later.events).toEqual(reader.events.slice(4));
    // A number that was never given is of another database, in which more had happened.
    for (const last of ['8', '999999999', '-1', 'abc', '1e3']) {
      const anew = await EventReader.open<BuildEvent>(url, alice, last);
      await eventually(() => anew.ended);
      expect([last, anew.events]).toEqual([last, reader.events]);
    }
    const nothingMore = await EventReader.open<BuildEvent>(url, alice, '7');
    await eventually(() => nothingMore.ended);
    expect(nothingMore.events).toEqual([]);
    expect((await test.call(bob, 'GET', `api/v1/builds/${buildId}/events`)).status).toBe(404);
    expect((await test.call(bob, 'POST', `api/v1/builds/${buildId}/cancel`)).status).toBe(404);
  });

  it('is shown to its end, also where that comes while a reader is sent what was before', async () => {
    const runners = startRunners(test);
    const { buildId } = await publish();
    const runner = await eventually(() => runners[0]);
    await runner.progress(buildId, 'copy');
    const { builds } = test.service.context;
    const { eventsAfter } = builds;
    builds.eventsAfter = async (id, seq) => {
      builds.eventsAfter = eventsAfter;
      const events = await eventsAfter(id, seq);
      await runner.result(buildId);
      return events;
    };
    const reader = await EventReader.open<BuildEvent>(`${test.origin}${PREFIX}api/v1/builds/${buildId}/events`, alice);
    await eventually(() => reader.ended);
    expect(reader.events.at(-1)).toMatchObject({ kind: 'state', build: { state: 'live' } });
  });

  it('is shown with a log that is as long as one may be', async () => {
    const runners = startRunners(test);
    const { buildId } = await publish();
    const runner = await eventually(() => runners[0]);
    const line = '"'.repeat(250);
    for (let batch = 0; batch < 14; batch++) {
      await runner.progress(buildId, 'copy', Array<string>(1_000).fill(line));
    }
    const reader = await EventReader.open<BuildEvent>(`${test.origin}${PREFIX}api/v1/builds/${buildId}/events`, alice);
    const lines = () => reader.events.flatMap(event => (event.kind === 'log' ? event.lines : []));
    await eventually(() => reader.ended || lines().length === 14_000);
    expect(new Set(lines())).toEqual(new Set([line]));
    await runner.result(buildId);
    await eventually(() => reader.ended);
    expect(reader.events.at(-1)).toMatchObject({ kind: 'state', build: { state: 'live' } });
  });

  it('is shown no longer to a reader whose token is revoked', async () => {
    await test.stop();
    test = await startTestService({}, { recheckMs: 50 });
    alice = addUser(test.hub, 'alice');
    const runners = startRunners(test);
    const { buildId } = await publish();
    const runner = await eventually(() => runners[0]);
    await runner.progress(buildId, 'copy', ['before']);
    const url = `${test.origin}${PREFIX}api/v1/builds/${buildId}/events`;
    const reader = await EventReader.open<BuildEvent>(url, alice);
    await eventually(() => reader.events.some(({ kind }) => kind === 'log'));
    test.hub.tokens.delete(alice);
    test.advance(60_000);
    await eventually(() => reader.ended);
    await runner.progress(buildId, 'start', ['secret']);
    expect(JSON.stringify(reader.events)).not.toContain('secret');
    expect((await EventReader.open(url, alice)).status).toBe(401);
  });
});
