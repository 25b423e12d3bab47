import { renameSync, rmSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';

import type { Build, BuildReply, DashboardReply } from '../../contract';
import { addUser } from '../testing/fake-hub';
import { startRunners } from '../testing/fake-runner';
import { eventually, PUBLISH, startTestService, type TestService } from '../testing/test-service';

let test: TestService;
let alice: string;

beforeEach(async () => {
  test = await startTestService();
  alice = addUser(test.hub, 'alice');
});
afterEach(() => test.stop());

const publish = async () => (await test.call<BuildReply>(alice, 'POST', 'api/v1/dashboards', PUBLISH)).body;
const build = async (id: string) => (await test.call<Build>(alice, 'GET', `api/v1/builds/${id}`)).body;
const running = (id: string) =>
  eventually(
    async () =>
      (await test.call<DashboardReply>(alice, 'GET', `api/v1/dashboards/${id}`)).body.dashboard.state === 'running'
  );

it('a service whose database is a backup is followed by runners that know more than that', async () => {
  const runners = startRunners(test);
  const { dashboard } = await publish();
  const runner = await eventually(() => runners[0]);
  await runner.build();
  const { database } = test.service.context.config;
  const backup = `${database}.backup`;
  const source = new DatabaseSync(database);
  source.exec(`vacuum into '${backup}'`);
  source.close();
  for (const n of [2, 3]) {
    await test.call(alice, 'POST', `api/v1/dashboards/${dashboard.id}/versions`, {});
    await eventually(() => runner.state.job);
    await runner.build();
    expect(runner.state.live?.n).toBe(n);
  }
  const known = runner.state.revision;
  const { stop } = test.service;
  test.service.stop = async () => {
    await stop();
    renameSync(backup, database);
    ['-wal', '-shm'].forEach(end => rmSync(database + end, { force: true }));
  };
  await test.restart();
  await runner.connect();
  expect(runner.state.live?.n).toBe(1);
  expect(runner.state.revision).toBeGreaterThan(known);
});

describe('a service that is started again in the middle of a build', () => {
  it('that is queued, takes it up', async () => {
    const { dashboards } = test.service.context;
    const { queue } = test.service.context;
    await queue.stop();
    const { dashboard, build: begun } = await publish();
    expect((await build(begun.id)).state).toBe('queued');
    expect(await dashboards.get(dashboard.id)).toBeTruthy();
    const runners = startRunners(test);
    await test.restart();
    await (await eventually(() => runners[0])).build();
    await running(dashboard.id);
    expect(await build(begun.id)).toMatchObject({ state: 'live', problem: null });
  });

  it('that waits for its server, asks for it again', async () => {
    test.hub.onStart = () => new Promise(() => undefined);
    const { dashboard, build: begun } = await publish();
    await eventually(async () => (await build(begun.id)).state === 'server' && test.hub.starts.length > 0);
    const runners = startRunners(test);
    await test.restart();
    await (await eventually(() => runners[0])).build();
    await running(dashboard.id);
    expect((await build(begun.id)).state).toBe('live');
  });

  it.each(['copy', 'start', 'check'])('that is at the stage %s, is told its end by the runner', async stage => {
    const runners = startRunners(test);
    const { dashboard, build: begun } = await publish();
    const runner = await eventually(() => runners[0]);
    await runner.progress(begun.id, stage, [`at ${stage}`]);
    await test.restart();
    expect((await build(begun.id)).state).toBe(stage);
    await runner.connect();
    expect(runner.state.job).toMatchObject({ id: begun.id });
    await runner.result(begun.id);
    await runner.heartbeat();
    await running(dashboard.id);
    expect(test.hub.starts).toHaveLength(1);
  });

  it.each(['copy', 'start', 'check'])(
    'that is at the stage %s and whose server is gone, begins it again',
    async stage => {
      const runners = startRunners(test);
      const { dashboard, build: begun } = await publish();
      const first = await eventually(() => runners[0]);
      await first.progress(begun.id, stage);
      first.close();
      test.hub.users.get('alice')?.servers.clear();
      await test.restart();
      await (await eventually(() => runners[1])).build();
      await running(dashboard.id);
      expect(await build(begun.id)).toMatchObject({ state: 'live', problem: null });
    }
  );
});
