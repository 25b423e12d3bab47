import type { Build, BuildReply, PushTicket } from '../../contract';
import { addUser } from '../testing/fake-hub';
import { startRunners, type FakeRunner } from '../testing/fake-runner';
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
