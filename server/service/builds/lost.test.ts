import type { Build, BuildProgressReply, BuildReply, ErrorReply, StoredVersions } from '../../contract';
import { createAuthor } from '../testing/author';
import { Browser } from '../testing/browser';
import { addUser } from '../testing/fake-hub';
import { BUILT, FakeRunner, startRunners } from '../testing/fake-runner';
import { eventually, startTestService, type TestService } from '../testing/test-service';

let test: TestService;
let alice: string;
let id: string;
let runner: FakeRunner;

const { publish, show, versions } = createAuthor(() => ({ test, token: alice }));
const states = async () => Object.fromEntries((await versions(id)).map(({ n, state }) => [n, state]));
const activate = (version: number) =>
  test.call<BuildReply & ErrorReply>(alice, 'POST', `api/v1/dashboards/${id}/live`, { version });

/** Three versions, of which the newest is live, and a runner that was started after they had been made. */
beforeEach(async () => {
  test = await startTestService();
  alice = addUser(test.hub, 'alice');
  const runners = startRunners(test);
  ({ id } = await publish());
  runner = await eventually(() => runners[0]);
  await runner.build();
  for (const n of [2, 3]) {
    await test.call(alice, 'POST', `api/v1/dashboards/${id}/versions`, {});
    await runner.build();
    await eventually(async () => (await show(id)).liveVersion === n);
  }
});
afterEach(() => test.stop());

async function startAgain(): Promise<void> {
  test.advance(1_000);
  const { owner, serverName } = runner.specification;
  runner = await FakeRunner.start(test, owner, serverName);
}

function found(of: FakeRunner, stored: StoredVersions) {
  const app = { state: 'serving', version: 3, problem: null };
  const body = { startId: of.startId, app, sessions: [], connections: 0, lastActivity: null, versions: stored };
  return test.call(of.token, 'POST', 'runner/heartbeat', body);
}

it('versions that a runner does not find when it begins are lost, and ready again when one does', async () => {
  await startAgain();
  await found(runner, { here: [2, 3], gone: [1] });
  expect(await states()).toEqual({ 1: 'lost', 2: 'ready', 3: 'ready' });
  // They may be on a volume that is not there at the moment: no runner removes them.
  expect(runner.state.kept).toEqual([1, 2, 3]);
  await startAgain();
  expect(runner.specification.state.kept).toEqual([1, 2, 3]);
  await found(runner, { here: [1, 2, 3], gone: [] });
  expect(await states()).toEqual({ 1: 'ready', 2: 'ready', 3: 'ready' });
});

it('a version that was made since then is not taken for lost', async () => {
  await found(runner, { here: [], gone: [1, 2, 3] });
  expect(await states()).toEqual({ 1: 'ready', 2: 'ready', 3: 'ready' });
});

it('a lost version is neither opened nor rolled back to, and what to do is said', async () => {
  await startAgain();
  await found(runner, { here: [2, 3], gone: [1] });
  const { status, body } = await activate(1);
  expect([status, body.error]).toEqual([
    409,
    {
      code: 'version_not_ready',
      message: 'The files of version 1 are gone from the disk.',
      fix: expect.stringMatching(/^Publish the dashboard again/)
    }
  ]);
  const browser = new Browser(test);
  await browser.signIn('alice');
  const page = await browser.open('d/sales@1');
  expect([page.status, page.text]).toEqual([404, expect.stringContaining('files of version 1 are gone from the disk')]);
});

it('lost versions take the place of no other, and go with those of their age', async () => {
  await startAgain();
  await found(runner, { here: [1, 3], gone: [2] });
  for (const n of [4, 5]) {
    await test.call(alice, 'POST', `api/v1/dashboards/${id}/versions`, {});
    await runner.build();
    await eventually(async () => (await show(id)).liveVersion === n);
  }
  // keepVersions is 2, besides the live one.
  expect(await states()).toEqual({ 1: 'removed', 2: 'removed', 3: 'ready', 4: 'ready', 5: 'ready' });
});

it.each([
  ['is lost where its files are missing', 'snapshot', 'file_missing', 'lost'],
  ['stays where its author’s folder is missing', 'live', 'file_missing', 'ready'],
  ['stays where its app does not start', 'snapshot', 'app_exited', 'ready']
] as const)('a version that cannot be rolled back to %s', async (_what, strategy, code, state) => {
  await test.call(alice, 'POST', `api/v1/dashboards/${id}/versions`, {});
  const job = await eventually(() => runner.state.job);
  await runner.result(job.id, { ...BUILT, strategy } as typeof BUILT);
  await test.call(alice, 'POST', `api/v1/dashboards/${id}/versions`, {});
  await runner.build();
  await activate(4);
  const again = await eventually(() => runner.state.job?.kind === 'activate' && runner.state.job);
  await runner.result(again.id, { ok: false, problem: { code, message: 'It went wrong.' } });
  await eventually(async () => (await states())[4] === state);
  expect((await show(id)).liveVersion).toBe(5);
});

it('a build whose process is killed and started again in its place is tried once more, and then has failed', async () => {
  const { body } = await test.call<BuildReply>(alice, 'POST', `api/v1/dashboards/${id}/versions`, {});
  await eventually(() => runner.state.job);
  const report = async (sender: string, state: string) => {
    const said = { startId: runner.startId, sender, state, lines: [] };
    const path = `runner/builds/${body.build.id}/progress`;
    const { cancelled } = (await test.call<BuildProgressReply>(runner.token, 'POST', path, said)).body;
    const build = (await test.call<Build>(alice, 'GET', `api/v1/builds/${body.build.id}`)).body;
    return [cancelled, build.state, build.problem?.code ?? null];
  };
  expect(await report('p1', 'copy')).toEqual([false, 'copy', null]);
  expect(await report('p1', 'start')).toEqual([false, 'start', null]);
  expect(await report('p2', 'copy')).toEqual([false, 'copy', null]);
  expect(await report('p2', 'start')).toEqual([false, 'start', null]);
  expect(await report('p3', 'copy')).toEqual([true, 'failed', 'build_lost']);
});
