import { problem } from '../errors';
import { createAuthor } from '../testing/author';
import { addUser } from '../testing/fake-hub';
import { FakeRunner, startRunners } from '../testing/fake-runner';
import { eventually, startTestService, type TestService } from '../testing/test-service';

let test: TestService;
let alice: string;

beforeEach(async () => {
  test = await startTestService();
  alice = addUser(test.hub, 'alice');
});
afterEach(() => test.stop());

const { build, ended, publish, show } = createAuthor(() => ({ test, token: alice }));

describe('a build that cannot go on', () => {
  it.each([
    [400, 'User alice already has the maximum of 2 named servers.', 'server_limit', /Delete a dashboard/],
    [429, 'Active user limit exceeded. Try again in a few minutes.', 'server_limit', /active_server_limit/],
    [403, 'auth has expired for alice, login again', 'owner_sign_in', /sign in/],
    [500, 'Spawner failed to start [status=1]', 'server_failed', /administrator/]
  ])('says why the Hub answers %i %s', async (status, message, code, fix) => {
    test.hub.onStart = () => ({ status, message });
    const { id, buildId } = await publish();
    expect(await ended(buildId)).toMatchObject({ state: 'failed', problem: { code, fix: expect.stringMatching(fix) } });
    expect(await show(id)).toMatchObject({ state: 'failed', desired: 'asleep', problem: { code } });
  });

  it('waits for a Hub that is too busy for a moment', async () => {
    const runners = startRunners(test);
    const start = test.hub.onStart;
    test.hub.onStart = () => {
      test.hub.onStart = start;
      return {
        status: 429,
        message: 'Too many users trying to log in right now. Try again in 10 seconds.',
        headers: { 'retry-after': '1' }
      };
    };
    const { buildId } = await publish();
    const runner = await eventually(() => runners[0]);
    await runner.build();
    expect((await ended(buildId)).state).toBe('live');
  });

  it('names the package where a server is ready and no runner reports', async () => {
    const { id, buildId } = await publish();
    expect(await ended(buildId)).toMatchObject({
      problem: { code: 'runner_missing', fix: expect.stringContaining('pip install "jupyterhub-dashboards') }
    });
    await eventually(() =>
      test.hub.requests.some(request => request.startsWith('DELETE users/alice/servers/dash-sales-'))
    );
    expect((await show(id)).state).toBe('failed');
  });

  it('tells a server that has gone from one without a runner', async () => {
    test.hub.onStart = (owner, server) => {
      setTimeout(() => test.hub.users.get(owner)?.servers.delete(server), 50);
      return { status: 201 };
    };
    const { buildId } = await publish();
    expect(await ended(buildId)).toMatchObject({ problem: { code: 'server_stopped' } });
  });

  it('repeats what the stand-in for a missing runner reports', async () => {
    test.hub.tokens.set('t', { name: 'alice', scopes: [] });
    test.hub.onStart = async (owner, server) => {
      test.hub.tokens.set('t', { name: owner, scopes: [`access:servers!server=${owner}/${server}`] });
      await test.call('t', 'POST', 'runner/refused', {
        problem: problem('runner_missing', 'No Node here.', 'Install it.')
      });
      return { status: 201 };
    };
    const { buildId } = await publish();
    expect((await ended(buildId)).problem).toEqual({
      code: 'runner_missing',
      message: 'No Node here.',
      fix: 'Install it.'
    });
  });

  it('hears nothing of the stand-in of a start that is over', async () => {
    const runners = startRunners(test);
    const { id, buildId, server } = await publish();
    const first = await eventually(() => runners[0]);
    const second = await FakeRunner.start(test, 'alice', server);
    const report = (startId: string) =>
      test.call(first.token, 'POST', 'runner/refused', {
        startId,
        problem: problem('runner_missing', 'No Node here.')
      });
    expect((await report(first.startId)).status).toBe(204);
    expect((await build(buildId)).endedAt).toBeNull();
    await report(second.startId);
    expect((await ended(buildId)).problem).toMatchObject({ code: 'runner_missing' });
    expect((await show(id)).liveVersion).toBeNull();
  });

  it("fails with the Hub's sentence when a pending start fails", async () => {
    test.hub.onStart = (owner, server) => {
      setTimeout(() => test.hub.users.get(owner)?.servers.delete(server), 30);
      return { status: 202 };
    };
    test.hub.progress = `data: ${JSON.stringify({ progress: 100, failed: true, message: 'Spawn failed: no such image' })}\n\n`;
    const { buildId } = await publish();
    expect((await ended(buildId)).problem).toMatchObject({
      code: 'server_failed',
      message: expect.stringContaining('no such image')
    });
  });

  it('fails, and is not started anew, when a start has failed whose server takes a while to stop', async () => {
    test.hub.onStart = (owner, server) => {
      const servers = test.hub.users.get(owner)?.servers;
      setTimeout(() => servers?.set(server, { ready: false, pending: 'stop' }), 30);
      setTimeout(() => servers?.delete(server), 200);
      return { status: 202 };
    };
    test.hub.progress = `data: ${JSON.stringify({ progress: 100, failed: true, message: 'Spawn failed: ' })}\n\n`;
    const { buildId } = await publish();
    expect((await ended(buildId)).problem).toMatchObject({
      code: 'server_failed',
      message: "The dashboard's server did not start in time."
    });
    expect(test.hub.starts).toHaveLength(1);
  });

  it('is taken up once more after a lost lease, then given up', async () => {
    const runners = startRunners(test);
    const { buildId } = await publish();
    await eventually(() => runners[0]);
    await runners[0]?.progress(buildId, 'copy');
    test.advance(61_000);
    await eventually(async () => (await test.service.context.builds.get(buildId))?.attempts === 1);
    expect((await build(buildId)).endedAt).toBeNull();
    test.advance(61_000);
    expect(await ended(buildId)).toMatchObject({ state: 'failed', problem: { code: 'build_lost' } });
  });

  it('is not lost while its runner reports', async () => {
    const runners = startRunners(test);
    const { buildId } = await publish();
    const runner = await eventually(() => runners[0]);
    for (let round = 0; round < 4; round++) {
      test.advance(40_000);
      await runner.progress(buildId, undefined, [`line ${round}`]);
    }
    expect((await test.service.context.builds.get(buildId))?.attempts).toBe(0);
    await runner.result(buildId);
    expect((await build(buildId)).state).toBe('live');
  });

  it('starts again in a server that was started anew, and goes to nobody else', async () => {
    const runners = startRunners(test);
    const { buildId, server } = await publish();
    const first = await eventually(() => runners[0]);
    await first.progress(buildId, 'start');
    const second = await FakeRunner.start(test, 'alice', server);
    expect(second.specification.state.job).toMatchObject({ id: buildId });
    expect((await first.progress(buildId, 'check')).status).toBe(409);
    expect((await first.result(buildId)).status).toBe(409);
    await second.result(buildId);
    expect((await build(buildId)).state).toBe('live');
  });

  it('survives a restart of the service: the runner comes back and tells the result', async () => {
    const runners = startRunners(test);
    const { id, buildId } = await publish();
    const runner = await eventually(() => runners[0]);
    await runner.progress(buildId, 'start');
    await test.restart();
    await runner.connect();
    await runner.result(buildId);
    await runner.heartbeat();
    expect((await build(buildId)).state).toBe('live');
    await eventually(async () => (await show(id)).state === 'running');
    expect(test.hub.starts).toHaveLength(1);
  });

  it('survives a restart of the service before its server was asked for', async () => {
    test.hub.onStart = () => new Promise(() => undefined);
    const { buildId } = await publish();
    await eventually(() => test.hub.starts.length > 0);
    const runners = startRunners(test);
    await test.restart();
    const runner = await eventually(() => runners[0]);
    await runner.build();
    expect((await build(buildId)).state).toBe('live');
  });
});
