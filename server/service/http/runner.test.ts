import { connect } from 'node:net';

import { LIMITS, type BuildReply, type DashboardReply, type ErrorReply } from '../../contract';
import { addUser, type FakeAnswer } from '../testing/fake-hub';
import { FakeRunner } from '../testing/fake-runner';
import { eventually, HOOK_KEY, PREFIX, PUBLISH, startTestService, type TestService } from '../testing/test-service';

let test: TestService;
let alice: string;
let server: string;
let id: string;
/** Answers the start that the Hub is at work on, as it does when a stop interrupts that. */
let endStart: (answer: FakeAnswer) => void;

beforeEach(async () => {
  test = await startTestService();
  alice = addUser(test.hub, 'alice');
  test.hub.onStart = () => new Promise(resolve => (endStart = resolve));
  const { body } = await test.call<BuildReply>(alice, 'POST', 'api/v1/dashboards', PUBLISH);
  id = body.dashboard.id;
  server = (await test.service.context.dashboards.get(id))?.dashboard.serverName ?? '';
});
afterEach(() => test.stop());

const ask = (key: string | null, userId: number, serverName = server, userName = 'alice') =>
  test.call<{ kind: string; message?: string } & ErrorReply>(key, 'POST', 'internal/start-specification', {
    userId,
    userName,
    serverName
  });

describe('the start specification', () => {
  it('is for the hook alone', async () => {
    expect((await ask(null, 1)).status).toBe(401);
    expect((await ask(HOOK_KEY.replace('h', 'H'), 1)).status).toBe(401);
    expect((await ask(alice, 1)).status).toBe(401);
    expect((await ask(HOOK_KEY, 1)).status).toBe(200);
  });

  it('is refused in a sentence for names behind which there is nothing', async () => {
    const { status, body } = await ask(HOOK_KEY, 1, 'dash-nothing');
    expect([status, body.kind]).toEqual([200, 'refuse']);
    expect((await ask(HOOK_KEY, 1, server, 'bob')).body.kind).toBe('refuse');
  });

  it('belongs to the user who had it first: a re-created user of that name gets nothing', async () => {
    expect((await ask(HOOK_KEY, 7)).body.kind).toBe('run');
    expect((await ask(HOOK_KEY, 8)).body).toMatchObject({
      kind: 'refuse',
      message: expect.stringContaining('earlier user')
    });
    // Whoever waits for its runner is told.
    await eventually(async () => {
      const { body } = await test.call<DashboardReply>(alice, 'GET', `api/v1/dashboards/${id}`);
      return body.dashboard.build?.problem?.message === 'This dashboard belongs to an earlier user of the same name.';
    });
  });

  it('is another one at each start', async () => {
    const [first, second] = [await test.hook('alice', server), await test.hook('alice', server)];
    expect(first.startId).not.toBe(second.startId);
    expect(Buffer.from(first.ticketKey, 'base64url')).toHaveLength(32);
    expect(first).toMatchObject({
      serviceUrl: test.config.runnerServiceUrl,
      publicServiceUrl: PREFIX,
      dashboardsOrigin: null,
      readyTimeout: 60,
      requestTimeout: 90,
      additions: test.config.additions,
      frameworks: test.config.frameworks
    });
  });

  it('that the Hub no longer waits for begins no start: its server has started without', async () => {
    const { startId } = await test.hook('alice', server);
    const body = JSON.stringify({ userId: 1, userName: 'alice', serverName: server });
    const { hostname, port } = new URL(test.origin);
    const socket = connect(Number(port), hostname);
    const head = ['POST', `${PREFIX}internal/start-specification`, 'HTTP/1.1'].join(' ');
    const headers = [
      `authorization: Bearer ${HOOK_KEY}`,
      'content-type: application/json',
      `content-length: ${body.length}`
    ];
    await new Promise<void>(connected => socket.once('connect', connected));
    socket.end([head, 'host: hub', ...headers, '', body].join('\r\n'));
    await new Promise(closed => socket.resume().once('close', closed));
    expect((await test.service.context.dashboards.byStart(startId))?.dashboard.id).toBe(id);
  });

  it('is refused while no version has worked and none is being built', async () => {
    await test.call(alice, 'POST', `api/v1/dashboards/${id}/stop`);
    expect((await ask(HOOK_KEY, 1)).body).toMatchObject({
      kind: 'refuse',
      message: expect.stringContaining('Publish it again')
    });
    expect((await test.service.context.dashboards.get(id))?.dashboard.desired).toBe('off');
  });

  it('takes a start by hand for a wish', async () => {
    await (await FakeRunner.start(test, 'alice', server)).build();
    test.hub.onStop = () => endStart({ status: 500, message: 'Internal Server Error' });
    await test.call(alice, 'POST', `api/v1/dashboards/${id}/stop`);
    await eventually(() => !test.service.context.servers.stopping(id));
    expect((await test.service.context.dashboards.get(id))?.dashboard.desired).toBe('off');
    await test.hook('alice', server);
    expect((await test.service.context.dashboards.get(id))?.dashboard.desired).toBe('on');
  });
});

describe('runner routes', () => {
  const heartbeat = {
    app: { state: 'none', version: null, problem: null },
    sessions: [],
    connections: 0,
    lastActivity: null
  };

  it.each<[string, string, string[]]>([
    ["another user's token for that server", 'bob', ['access:servers!server=alice/{server}']],
    ["the owner's Lab token", 'alice', ['access:services!service=dashboards', 'access:servers!server=alice/']],
    ["a wide token of the owner's", 'alice', ['access:servers', 'access:servers!user=alice', 'access:services']],
    ["another dashboard's server", 'alice', ['access:servers!server=alice/dash-other-aaaaaaaa']]
  ])('refuse %s', async (_title, name, scopes) => {
    addUser(test.hub, 'bob');
    const { startId } = await test.hook('alice', server);
    test.hub.tokens.set('t', { name, scopes: scopes.map(scope => scope.replace('{server}', server)) });
    const attempts = [
      await test.call<ErrorReply>('t', 'POST', 'runner/heartbeat', { startId, ...heartbeat }),
      await test.call<ErrorReply>('t', 'GET', `runner/events?startId=${startId}`)
    ];
    expect(attempts.map(({ status, body }) => [status, body.error.code])).toEqual(Array(2).fill([403, 'not_allowed']));
  });

  it('refuse a start that is over', async () => {
    const runner = await FakeRunner.start(test, 'alice', server);
    await test.hook('alice', server);
    const { status, body } = await runner.heartbeat();
    expect([status, body.error.code]).toEqual([409, 'state_conflict']);
    runner.close();
  });

  it('refuse builds of other dashboards', async () => {
    const other = await test.call<BuildReply>(alice, 'POST', 'api/v1/dashboards', { ...PUBLISH, name: 'Other' });
    const runner = await FakeRunner.start(test, 'alice', server);
    expect((await runner.progress(other.body.build.id, 'copy')).status).toBe(404);
    runner.close();
  });

  it.each([
    ['three bytes', '漢'],
    ['six bytes', '\u0001']
  ])('unbounded input: take a report that is as long as one may be, of characters of %s', async (_, character) => {
    const runner = await FakeRunner.start(test, 'alice', server);
    const line = character.repeat(LIMITS.logLine);
    const lines = Array<string>(LIMITS.reportCharacters / LIMITS.logLine).fill(line);
    const { status, body } = await runner.progress(runner.specification.state.job?.id ?? '', 'copy', lines, 0);
    expect([status, body]).toEqual([200, { cancelled: false }]);
    runner.close();
  });

  it('take no state from a runner that is not its to write', async () => {
    const runner = await FakeRunner.start(test, 'alice', server);
    const build = runner.specification.state.job?.id ?? '';
    for (const state of ['live', 'failed', 'cancelled', 'queued']) {
      await runner.progress(build, state);
    }
    expect((await test.service.context.builds.get(build))?.state).toBe('server');
    runner.close();
  });
});
