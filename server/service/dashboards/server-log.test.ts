import type { Build, BuildEvent, LogPage } from '../../contract';
import { createAuthor } from '../testing/author';
import { EventReader } from '../testing/events';
import { addUser } from '../testing/fake-hub';
import { startRunners } from '../testing/fake-runner';
import { eventually, HOOK_KEY, PREFIX, startTestService, type TestService } from '../testing/test-service';

/**
 * What the service makes of what the Hub tells of a start. What a real Hub with KubeSpawner tells is tested in
 * server/tests/kubernetes.
 */
let test: TestService;
let alice: string;
beforeEach(async () => {
  test = await startTestService();
  alice = addUser(test.hub, 'alice');
});
afterEach(() => test.stop());

const { publish, show } = createAuthor(() => ({ test, token: alice }));
const build = async (id: string) => (await test.call<Build>(alice, 'GET', `api/v1/builds/${id}`)).body;
const ended = (id: string): Promise<Build> =>
  eventually(async () => {
    const found = await build(id);
    return found.endedAt !== null && found;
  });
const log = async (id: string) =>
  (await test.call<LogPage>(alice, 'GET', `api/v1/dashboards/${id}/logs`)).body.lines.map(({ text }) => text);

const event = (reason: string, message: string, type = 'Warning') => ({
  reason,
  message,
  type,
  involvedObject: { kind: 'Pod', name: 'pod' }
});
const FULL = event('FailedScheduling', '0/1 nodes are available: 1 Insufficient cpu.');
const OOM = event('OOMKilled', 'Container notebook ended with exit code 137');
const stream = (...events: object[]) => events.map(one => `data: ${JSON.stringify(one)}\n\n`).join('');
const raw = (one: object) => ({ progress: 50, message: 'x', raw_event: one });

/** The Hub asks what to start, as it does in every start, and has it pending. */
function pending(): void {
  test.hub.onStart = async (owner, server) => {
    await test.hook(owner, server);
    return { status: 202 };
  };
}

const gone = () => test.hub.users.get('alice')?.servers.clear();

it('what is heard of a start is told in the log of its build, each once, and as why it fails', async () => {
  pending();
  test.hub.progress = stream(
    { progress: 0, message: 'Server requested' },
    raw(FULL),
    raw({ ...FULL, message: '0/2 nodes are available: 2 Insufficient cpu.' }),
    { progress: 100, failed: true, message: 'Spawn failed: pod x did not start in 300 seconds!' }
  );
  const { id, buildId } = await publish();
  await eventually(async () => (await log(id)).length > 0);
  gone();
  const { problem } = await ended(buildId);
  expect(problem).toMatchObject({
    code: 'server_failed',
    message: 'No machine of the cluster has enough free CPU for the server.',
    detail: 'Kubernetes: FailedScheduling: 0/1 nodes are available: 1 Insufficient cpu.'
  });
  expect(await log(id)).toEqual([`${problem!.message} ${problem!.fix}`, `    ${problem!.detail}`]);
});

it('whoever waits for the build reads it while the start goes on', async () => {
  pending();
  const { buildId } = await publish();
  test.hub.progress = stream(raw(FULL));
  const reader = await EventReader.open<BuildEvent>(`${test.origin}${PREFIX}api/v1/builds/${buildId}/events`, alice);
  await eventually(() => JSON.stringify(reader.events).includes('enough free CPU'));
  reader.close();
  expect((await build(buildId)).state).toBe('server');
  await test.call(alice, 'POST', `api/v1/builds/${buildId}/cancel`);
  await eventually(() => test.hub.users.get('alice')?.servers.size === 0);
});

it('a start whose time is over ends so where nothing was heard', async () => {
  pending();
  test.hub.progress = stream({ progress: 100, failed: true, message: 'Spawn failed: ' });
  const { buildId } = await publish();
  await eventually(() => test.hub.users.get('alice')?.servers.size === 1);
  gone();
  expect((await ended(buildId)).problem?.message).toBe("The dashboard's server did not start in time.");
});

it('what is heard when a dashboard wakes is told in the log of its live version, and as why it does not', async () => {
  const runners = startRunners(test);
  const { id } = await publish();
  await (await eventually(() => runners[0])).build();
  await eventually(async () => (await show(id)).liveVersion === 1);
  const { dashboards, life } = test.service.context;
  await life.sleep((await dashboards.get(id))!.dashboard, null);
  await eventually(() => test.hub.users.get('alice')?.servers.size === 0);
  const before = await log(id);
  pending();
  test.hub.progress = stream(raw(FULL));
  await test.call(alice, 'POST', `api/v1/dashboards/${id}/start`);
  await eventually(async () => (await log(id)).length > before.length);
  test.hub.progress = stream(raw(FULL), { progress: 100, failed: true, message: 'Spawn failed: ' });
  gone();
  const { problem } = await eventually(async () => {
    const shown = await show(id);
    return shown.problem && shown;
  });
  expect(problem?.message).toBe('No machine of the cluster has enough free CPU for the server.');
  expect((await log(id)).slice(before.length)).toEqual([
    `${problem!.message} ${problem!.fix}`,
    `    ${problem!.detail}`
  ]);
});

describe('what is heard of a server that was running', () => {
  const report = (key: string, serverName: string, ...events: object[]) =>
    test.call(key, 'POST', 'internal/server-news', { userName: 'alice', serverName, events });

  it('is taken from the Hub alone', async () => {
    expect((await report('guessed', 'dash-sales', OOM)).status).toBe(401);
    expect((await report(HOOK_KEY, 'dash-nothing', OOM)).status).toBe(204);
  });

  it('is told in the log of the live version, without what happens in any start', async () => {
    const runners = startRunners(test);
    const { id } = await publish();
    const runner = await eventually(() => runners[0]);
    await runner.build();
    await eventually(async () => (await show(id)).liveVersion === 1);
    const before = await log(id);
    const start = [FULL, event('Started', 'Container started', 'Normal')];
    const end = [event('Error', 'Container notebook ended with exit code 137'), OOM, OOM];
    await report(HOOK_KEY, runner.specification.serverName, ...start, ...end);
    expect((await log(id)).slice(before.length)).toEqual([
      expect.stringMatching(
        /^The server was ended because it used more memory than it may\. Use less memory/
      ) as string,
      '    Kubernetes: OOMKilled: Container notebook ended with exit code 137'
    ]);
  });

  it('is why a build that has lost its server twice is given up', async () => {
    const runners = startRunners(test);
    const { buildId } = await publish();
    const runner = await eventually(() => runners[0]);
    await runner.progress(buildId, 'copy');
    test.advance(61_000);
    await eventually(async () => (await test.service.context.builds.get(buildId))?.attempts === 1);
    await report(HOOK_KEY, runner.specification.serverName, OOM);
    test.advance(61_000);
    expect((await ended(buildId)).problem).toMatchObject({
      code: 'build_lost',
      message:
        "The dashboard's server went away twice while it was building. The server was ended because it used more memory than it may.",
      fix: expect.stringContaining('Use less memory') as string
    });
  });
});
