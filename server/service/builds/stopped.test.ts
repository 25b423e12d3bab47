import type { AuditList, Build, BuildReply, DashboardReply, StartReply } from '../../contract';
import { problem } from '../errors';
import { Browser } from '../testing/browser';
import { addUser } from '../testing/fake-hub';
import { startRunners, type FakeRunner } from '../testing/fake-runner';
import { readable } from '../testing/page-text';
import { eventually, HOOK_KEY, PREFIX, PUBLISH, startTestService, type TestService } from '../testing/test-service';

const FAILED = problem('folder_not_readable', 'The folder is not there.');

let test: TestService;
let alice: string;
let bob: Browser;
let runners: FakeRunner[];
let id: string;
let server: string;

beforeEach(async () => {
  test = await startTestService();
  alice = addUser(test.hub, 'alice', { admin: true });
  addUser(test.hub, 'bob');
  bob = new Browser(test);
  await bob.signIn('bob');
  runners = startRunners(test);
  const body = { ...PUBLISH, audience: { kind: 'everyone' } };
  id = (await test.call<BuildReply>(alice, 'POST', 'api/v1/dashboards', body)).body.dashboard.id;
  await (await eventually(() => runners[0])).build();
  await eventually(async () => (await show()).state === 'running');
  server = runners[0]?.specification.serverName ?? '';
  await change('stop');
  await eventually(() => !hasServer());
});
afterEach(() => test.stop());

const show = async () => (await test.call<DashboardReply>(alice, 'GET', `api/v1/dashboards/${id}`)).body.dashboard;
const change = (action: string, body?: object) =>
  test.call<BuildReply>(alice, 'POST', `api/v1/dashboards/${id}/${action}`, body);
const hasServer = () => test.hub.users.get('alice')?.servers.has(server) === true;
const opened = async () => readable((await bob.open('d/sales', { 'sec-fetch-site': 'none' })).text);
const audit = async () => {
  const { body } = await test.call<AuditList>(alice, 'GET', `api/v1/audit?dashboard=${id}`);
  return body.records.map(({ action, actor, detail }) => [action, actor, detail].join(' ').trim());
};

/** The build's runner, which has been told of no version but the new one. */
async function buildsInSilence(): Promise<FakeRunner> {
  const runner = await eventually(() => runners[1]);
  expect(runner.state).toMatchObject({ live: null, visited: [], kept: expect.arrayContaining([1]) });
  expect(runner.state.job).not.toBeNull();
  await runner.heartbeat([], { state: 'none', version: null, problem: null });
  await eventually(async () => (await test.service.context.dashboards.get(id))?.runner?.ready);
  expect(await show()).toMatchObject({ state: 'building', desired: 'off', liveVersion: 1 });
  expect(await opened()).toContain('This dashboard is being built');
  expect(await opened()).not.toContain('version 1');
  return runner;
}

async function isStoppedAgain(): Promise<void> {
  await eventually(() => !hasServer());
  expect(await show()).toMatchObject({ state: 'off', desired: 'off', liveVersion: 1, problem: null });
  expect(await opened()).toContain('has been stopped');
  expect((await audit()).filter(line => line.startsWith('start'))).toEqual([]);
}

describe('a stopped dashboard', () => {
  it.each([
    ['an update', 'versions', {}],
    ['a roll back', 'live', { version: 1 }]
  ])('stays stopped through %s that fails, and nobody sees the old version meanwhile', async (_, action, body) => {
    await change(action, body);
    const runner = await buildsInSilence();
    await runner.result(runner.state.job?.id ?? '', { ok: false, problem: FAILED });
    await isStoppedAgain();
  });

  it('lets nobody in to the version that is made of it, not even its owner, before it is live', async () => {
    await change('versions', {});
    const runner = await buildsInSilence();
    const build = runner.state.job?.id ?? '';
    expect(runner.state.stopped).toBe(true);
    await runner.progress(build, 'check');
    const owner = new Browser(test);
    await owner.signIn('alice');
    const flow = 'f'.repeat(43);
    const ticket = `ticket?${new URLSearchParams({ dashboard: id, start: runner.startId, flow, flowId: 'a', next: 'v/1/' })}`;
    for (const browser of [bob, owner]) {
      const { status, location } = await browser.open(ticket);
      expect([status, location]).toEqual([302, `${PREFIX}d/sales?next=v%2F1%2F&wait=1`]);
      expect(readable((await browser.open(location ?? '')).text)).toContain('This dashboard is being built');
    }
    await runner.result(build);
    await eventually(() => runner.state.stopped === undefined);
    expect((await bob.open(ticket)).location).toContain(`/${server}/_dashboards/session?ticket=`);
  });

  it.each(['versions', 'live'])('stays stopped when %s is cancelled', async action => {
    const { body } = await change(action, action === 'live' ? { version: 1 } : {});
    await buildsInSilence();
    const cancelled = await test.call<Build>(alice, 'POST', `api/v1/builds/${body.build.id}/cancel`);
    expect(cancelled.body.state).toBe('cancelled');
    await isStoppedAgain();
  });

  it('stays stopped when the update is stopped', async () => {
    await change('versions', {});
    await buildsInSilence();
    expect((await change('stop')).status).toBe(200);
    await isStoppedAgain();
  });

  it('stays stopped when its server cannot be started for the update', async () => {
    test.hub.onStart = () => ({ status: 500, message: 'no image' });
    const { body } = await change('versions', {});
    await eventually(async () => (await test.service.context.builds.get(body.build.id))?.endedAt);
    await isStoppedAgain();
  });

  it('stays stopped when it is stopped while its update waits for the Hub', async () => {
    // What the Hub says of a token is believed for a while: for all of this test from here on.
    test.advance(5_000);
    await test.call(alice, 'GET', 'api/v1/whoami');
    test.hub.broken = 503;
    await eventually(() => change('versions', {}).then(({ status }) => status === 201));
    const attempts = () => test.hub.requests.filter(request => request.startsWith('POST users/alice/servers')).length;
    const before = attempts();
    await eventually(() => attempts() > before);
    expect((await change('stop')).status).toBe(200);
    test.hub.broken = null;
    const { builds } = test.service.context;
    const { get } = builds;
    await new Promise<void>(resolve => {
      builds.get = buildId => {
        resolve();
        return get(buildId);
      };
    });
    await isStoppedAgain();
    expect(test.hub.starts).toHaveLength(1);
  });

  it('is started at the Hub, which is recorded', async () => {
    const request = { userId: 1, userName: 'alice', serverName: server };
    const { body } = await test.call<StartReply>(HOOK_KEY, 'POST', 'internal/start-specification', request);
    expect(body.kind).toBe('run');
    expect(await show()).toMatchObject({ desired: 'on' });
    expect((await audit())[0]).toBe('start alice at the Hub, by the owner or an administrator');
  });

  it('does not take the runner that has just been stopped for one that builds', async () => {
    await change('versions', {});
    await (await buildsInSilence()).build();
    await eventually(async () => (await show()).state === 'running');
    // Its connection ends a good while after the Hub has called it stopped.
    test.hub.onStop = () => undefined;
    await change('stop');
    await eventually(() => !hasServer() && !test.service.context.servers.stopping(id));
    await change('versions', {});
    await (await eventually(() => runners[2])).build();
    await eventually(async () => (await show()).state === 'running');
    expect(await show()).toMatchObject({ desired: 'on', liveVersion: 3 });
    runners[1]?.close();
  });

  it('is not started by what the Hub asks of a start that has been called off', async () => {
    test.hub.onStart = () => ({ status: 202 });
    const { body } = await change('versions', {});
    await eventually(() => test.hub.users.get('alice')?.servers.get(server)?.pending === 'spawn');
    const replies: StartReply[] = [];
    test.hub.afterStop = async () => {
      const request = { userId: 1, userName: 'alice', serverName: server };
      replies.push((await test.call<StartReply>(HOOK_KEY, 'POST', 'internal/start-specification', request)).body);
    };
    await test.call(alice, 'POST', `api/v1/builds/${body.build.id}/cancel`);
    await eventually(() => replies.length > 0);
    expect(replies).toEqual([{ kind: 'refuse', message: expect.stringContaining('has been stopped') }]);
    await isStoppedAgain();
  });

  it('goes on with its build after a restart of the service', async () => {
    const { body } = await change('versions', {});
    const runner = await buildsInSilence();
    // The service looks at the Hub for servers that should not be there.
    const looked = () => test.hub.requests.filter(request => request === 'GET users/alice').length;
    const before = looked();
    await test.restart();
    await runner.connect();
    expect(runner.state).toMatchObject({ live: null, job: { id: body.build.id } });
    await eventually(() => looked() > before);
    expect(hasServer()).toBe(true);
    await runner.build();
    await eventually(async () => (await show()).state === 'running');
  });

  it('is started by an update that works, which is recorded', async () => {
    await change('versions', {});
    const runner = await buildsInSilence();
    await runner.build();
    expect(runner.state.live?.n).toBe(2);
    await eventually(async () => (await show()).state === 'running');
    expect(await show()).toMatchObject({ desired: 'on', liveVersion: 2 });
    expect((await audit()).slice(0, 2)).toEqual(['start alice version 2', 'live alice version 2']);
  });

  it('shows the live version during a build when its owner starts it', async () => {
    await change('versions', {});
    const runner = await buildsInSilence();
    await change('start');
    await eventually(() => runner.state.live?.n === 1);
    await runner.result(runner.state.job?.id ?? '', { ok: false, problem: FAILED });
    expect(await show()).toMatchObject({ desired: 'on', liveVersion: 1 });
  });
});
