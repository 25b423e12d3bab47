import type { Build, BuildReply, ErrorReply, LogPage, Problem, PushTicket } from '../../contract';
import { addUser } from '../testing/fake-hub';
import { FakeRunner, startRunners } from '../testing/fake-runner';
import { eventually, PUBLISH, startTestService, type TestService } from '../testing/test-service';

let test: TestService;
let alice: string;
afterEach(() => test.stop());

const build = async (id: string) => (await test.call<Build>(alice, 'GET', `api/v1/builds/${id}`)).body;

/** A build whose runner does not see its files. */
async function waiting(...options: Parameters<typeof startTestService>): Promise<{ id: string; runner: FakeRunner }> {
  test = await startTestService(...options);
  alice = addUser(test.hub, 'alice');
  const runners = startRunners(test);
  const { id } = (await test.call<BuildReply>(alice, 'POST', 'api/v1/dashboards', PUBLISH)).body.build;
  const runner = await eventually(() => runners[0]);
  await runner.waitForFiles(id);
  expect((await build(id)).wantsFiles).toBe(true);
  return { id, runner };
}

const ticket = (id: string) => test.call<PushTicket>(alice, 'POST', `api/v1/builds/${id}/push-ticket`);

it('who sends files is told which folders may be published from, where not all may', async () => {
  const { id } = await waiting({ publishablePaths: ['projects', '/srv/shared'] });
  expect((await ticket(id)).body.publishablePaths).toEqual(['projects', '/srv/shared']);
  await test.stop();
  const other = await waiting();
  expect((await ticket(other.id)).body).not.toHaveProperty('publishablePaths');
});

it('a build whose runner was lost sight of waits for its files again, and says so', async () => {
  const { id, runner } = await waiting({}, { leaseMs: 60_000 });
  // As long as no report comes through.
  test.advance(61_000);
  await eventually(async () => (await build(id)).state === 'server');
  expect(await build(id)).not.toHaveProperty('wantsFiles');
  expect((await ticket(id)).status).toBe(409);
  await runner.waitForFiles(id);
  expect(await build(id)).toMatchObject({ state: 'copy', wantsFiles: true });
  expect((await ticket(id)).status).toBe(200);
});

describe('files that cannot be sent', () => {
  const problem: Problem = {
    code: 'relay_unreachable',
    message: 'Your server cannot reach it.',
    fix: 'Try again.',
    detail: 'http://proxy: refused\nhttps://hub.example.org: no answer'
  };
  const fail = (id: string, token = alice, body: object = { problem }) =>
    test.call<Build & ErrorReply>(token, 'POST', `api/v1/builds/${id}/push-failed`, body);

  it('end the build that waits for them, whose log says why', async () => {
    const { id, runner } = await waiting();
    expect((await fail(id)).body).toMatchObject({ state: 'failed', problem });
    expect((await runner.waitForFiles(id)).body).toEqual({ cancelled: true });
    const { dashboardId } = await build(id);
    const { lines } = (await test.call<LogPage>(alice, 'GET', `api/v1/dashboards/${dashboardId}/logs`)).body;
    expect(lines.map(({ text }) => text)).toEqual([problem.message, ...(problem.detail ?? '').split('\n')]);
    // Once more changes nothing.
    expect((await fail(id, alice, { problem: { ...problem, code: 'internal' } })).body.problem).toEqual(problem);
  });

  it('end no build whose files another one is sending at that moment, but one that nobody has sent for minutes', async () => {
    const { id, runner } = await waiting();
    await runner.receives(id, 'The files are on their way.');
    const refused = await fail(id);
    expect([refused.status, refused.body.error.code]).toEqual([409, 'state_conflict']);
    expect(await build(id)).toMatchObject({ state: 'copy', wantsFiles: true });
    test.advance(50_000);
    await runner.receives(id, 'Received 1 MB of 30 MB');
    test.advance(50_000);
    // It lives, and receives nothing.
    await runner.receives(id);
    expect((await fail(id)).status).toBe(409);
    test.advance(50_000);
    await runner.receives(id);
    test.advance(30_000);
    expect((await fail(id)).body).toMatchObject({ state: 'failed', problem });
  });

  it('end a build that a new server has taken up, whatever the one before had received', async () => {
    const { id, runner } = await waiting();
    await runner.receives(id, 'Received 1 MB of 30 MB');
    const next = await FakeRunner.start(test, 'alice', runner.specification.serverName);
    await next.waitForFiles(id);
    expect((await fail(id)).body).toMatchObject({ state: 'failed', problem });
  });

  it('are no matter of a build that has them', async () => {
    const { id, runner } = await waiting();
    await runner.progress(id, 'start');
    expect((await fail(id)).body).toMatchObject({ state: 'start', problem: null });
  });

  it('are nobody’s to tell but the owner’s, and only as problems', async () => {
    const { id } = await waiting();
    const bob = addUser(test.hub, 'bob');
    expect((await fail(id, bob)).status).toBe(404);
    expect((await fail(id, alice, { problem: { ...problem, code: 'sunshine' } })).status).toBe(400);
    expect((await build(id)).state).toBe('copy');
  });
});
