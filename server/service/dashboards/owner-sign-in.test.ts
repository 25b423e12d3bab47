import type { BuildReply, DashboardReply } from '../../contract';
import { Browser } from '../testing/browser';
import { addUser } from '../testing/fake-hub';
import { startRunners } from '../testing/fake-runner';
import { eventually, PUBLISH, startTestService, type TestService } from '../testing/test-service';

let test: TestService;
afterEach(() => test.stop());

// A real Hub says this only with an authenticator whose logins expire and cannot be refreshed (`refresh_pre_spawn`).
const EXPIRED = { status: 403, message: 'alice auth has expired for alice, login again' };

it('a sleeping dashboard whose owner has to sign in again says so to the owner, and to viewers whom to ask', async () => {
  test = await startTestService();
  const alice = addUser(test.hub, 'alice');
  addUser(test.hub, 'bob');
  const runners = startRunners(test);
  const audience = { kind: 'everyone' };
  const { body } = await test.call<BuildReply>(alice, 'POST', 'api/v1/dashboards', { ...PUBLISH, audience });
  const { id } = body.dashboard;
  await (await eventually(() => runners[0])).build();
  const look = async () => (await test.call<DashboardReply>(alice, 'GET', `api/v1/dashboards/${id}`)).body.dashboard;
  await eventually(async () => (await look()).state === 'running');
  await test.call(alice, 'POST', `api/v1/dashboards/${id}/stop`);
  await eventually(() => runners[0]?.ended);

  test.hub.onStart = () => EXPIRED;
  await test.call(alice, 'POST', `api/v1/dashboards/${id}/start`);
  const failed = await eventually(async () => {
    const dashboard = await look();
    return dashboard.state === 'failed' && dashboard;
  });
  expect(failed.problem).toMatchObject({
    code: 'owner_sign_in',
    message: 'The Hub starts this dashboard only after alice has signed in again.'
  });

  const [owner, viewer] = [new Browser(test), new Browser(test)];
  await owner.signIn('alice');
  await viewer.signIn('bob');
  expect((await owner.open('d/sales')).text).toContain('only after alice has signed in again');
  const shown = (await viewer.open('d/sales')).text;
  expect(shown).toContain('alice');
  expect(shown).not.toContain('/home/');
});
