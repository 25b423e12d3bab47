import type { BuildReply, DashboardReply, ErrorReply } from '../../contract';
import { addUser } from '../testing/fake-hub';
import { startRunners, type FakeRunner } from '../testing/fake-runner';
import { eventually, PUBLISH, startTestService, type TestService } from '../testing/test-service';

let test: TestService;
let alice: string;
let runners: FakeRunner[];

beforeEach(async () => {
  test = await startTestService();
  alice = addUser(test.hub, 'alice');
  runners = startRunners(test);
});
afterEach(() => test.stop());

const publish = async () =>
  (await test.call<BuildReply>(alice, 'POST', 'api/v1/dashboards', PUBLISH)).body.dashboard.id;
const look = async (id: string) =>
  (await test.call<DashboardReply>(alice, 'GET', `api/v1/dashboards/${id}`)).body.dashboard;
const asVersion = (runner: FakeRunner, version: string) =>
  test.call<ErrorReply>(runner.token, 'GET', `runner/events?startId=${runner.startId}&version=${version}`);

describe('a runner that is too old for the service', () => {
  it('is not let in, ends the build that it was for, and its owner is told what to do', async () => {
    const id = await publish();
    const runner = await eventually(() => runners[0]);
    const { status, body } = await asVersion(runner, '0.0.9');
    expect([status, body.error.code]).toEqual([409, 'runner_outdated']);
    const { build } = await eventually(async () => {
      const dashboard = await look(id);
      return dashboard.build?.state === 'failed' && dashboard;
    });
    expect(build?.problem).toMatchObject({
      code: 'runner_outdated',
      message: expect.stringMatching(/^The runner in this dashboard's server is of version 0\.0\.9, too old/) as string,
      fix: expect.stringContaining('pip install --upgrade') as string
    });
  });

  it('is found out at a running dashboard after the service was upgraded', async () => {
    const id = await publish();
    const runner = await eventually(() => runners[0]);
    await runner.build();
    await eventually(async () => (await look(id)).state === 'running');
    await asVersion(runner, '0.0.9');
    expect(await look(id)).toMatchObject({ desired: 'asleep', state: 'failed', problem: { code: 'runner_outdated' } });
  });
});
