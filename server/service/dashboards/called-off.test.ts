import type { AuditList, BuildReply, DashboardReply } from '../../contract';
import { Browser } from '../testing/browser';
import { addUser } from '../testing/fake-hub';
import { FakeRunner, startRunners } from '../testing/fake-runner';
import { eventually, PUBLISH, startTestService, type TestService } from '../testing/test-service';

const AT_THE_HUB = 'start alice at the Hub, by the owner or an administrator';

let test: TestService;
let alice: string;
let bob: Browser;
let runners: FakeRunner[];
let id: string;
let server: string;

/** A dashboard that has worked, and sleeps. */
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
  const { dashboards, life } = test.service.context;
  const { dashboard } = await eventually(() => dashboards.get(id));
  await life.sleep(dashboard, null);
  await eventually(() => !hasServer() && !stopping());
});
afterEach(() => test.stop());

const show = async () => (await test.call<DashboardReply>(alice, 'GET', `api/v1/dashboards/${id}`)).body.dashboard;
const change = (action: string, body?: object) =>
  test.call<BuildReply & DashboardReply>(alice, 'POST', `api/v1/dashboards/${id}/${action}`, body);
const hasServer = () => test.hub.users.get('alice')?.servers.has(server) === true;
const stopping = () => test.service.context.servers.stopping(id);
const audit = async () => {
  const { body } = await test.call<AuditList>(alice, 'GET', `api/v1/audit?dashboard=${id}`);
  return body.records.map(({ action, actor, detail }) => [action, actor, detail].join(' ').trim());
};

/** The Hub looks after the owner's sign-in, before it asks what to start: nothing is pending there that could be stopped. */
function holdStarts(): { held: Promise<void>; letGo(): void } {
  const { onStart } = test.hub;
  let isHeld: () => void = () => undefined;
  let letGo: () => void = () => undefined;
  const held = new Promise<void>(resolve => (isHeld = resolve));
  const gone = new Promise<void>(resolve => (letGo = resolve));
  test.hub.onStart = async (owner, name) => {
    test.hub.onStart = onStart;
    isHeld();
    await gone;
    // A start that is refused brings up a server as well: one with a page that says why.
    return Promise.resolve(onStart(owner, name)).catch(() => ({ status: 201 }));
  };
  return { held, letGo };
}

/** Resolves when the Hub has answered the next stop. */
function nextStop(): Promise<void> {
  const { hub } = test.service.context;
  const { stop } = hub;
  return new Promise(resolve => {
    hub.stop = async (...names) => {
      hub.stop = stop;
      await stop(...names);
      resolve();
    };
  });
}

describe('a stop before the Hub has asked what to start', () => {
  it.each([
    ['its owner', () => change('start')],
    ['a visit', () => bob.open('d/sales')],
    ['an update', () => change('versions', {})]
  ])('holds against the start by %s, which nobody is taken to have begun at the Hub', async (_, begin) => {
    const { held, letGo } = holdStarts();
    await begin();
    await held;
    const stopped = nextStop();
    expect((await change('stop')).body.dashboard.desired).toBe('off');
    await stopped;
    expect(stopping()).toBe(true);
    letGo();
    await eventually(() => !stopping());
    expect(hasServer()).toBe(false);
    expect(runners).toHaveLength(1);
    expect(await show()).toMatchObject({ state: 'off', desired: 'off', problem: null });
    expect(await audit()).not.toContain(AT_THE_HUB);
  });

  it('does not keep the next start from coming up, which waits for the end of the stop', async () => {
    const { held, letGo } = holdStarts();
    await change('start');
    await held;
    await change('stop');
    await change('start');
    expect(await show()).toMatchObject({ state: 'starting', desired: 'on' });
    letGo();
    const runner = await eventually(() => runners[1]);
    await runner.heartbeat();
    await eventually(async () => (await show()).state === 'running');
    expect([hasServer(), runner.ended, test.hub.starts]).toEqual([true, false, Array(3).fill({ dashboard: id })]);
    expect(await audit()).not.toContain(AT_THE_HUB);
  });

  it('does not keep anybody from starting it at the Hub afterwards', async () => {
    const { held, letGo } = holdStarts();
    await change('start');
    await held;
    await change('stop');
    letGo();
    await eventually(() => !stopping());
    const runner = await FakeRunner.start(test, 'alice', server);
    expect(await show()).toMatchObject({ state: 'starting', desired: 'on' });
    expect((await audit())[0]).toBe(AT_THE_HUB);
    runner.close();
  });

  it('holds where the Hub could not be told of it at first', async () => {
    const { held, letGo } = holdStarts();
    await change('start');
    await held;
    const { hub } = test.service.context;
    const { stop } = hub;
    hub.stop = () => {
      hub.stop = stop;
      return Promise.reject(new Error('the Hub was away'));
    };
    await change('stop');
    letGo();
    await eventually(() => !stopping());
    expect([hasServer(), (await show()).desired, runners.length]).toEqual([false, 'off', 1]);
  });
});

it('an update of a sleeping dashboard that is cancelled before the Hub has asked leaves it asleep', async () => {
  const { held, letGo } = holdStarts();
  const { build } = (await change('versions', {})).body;
  await held;
  const stopped = nextStop();
  expect((await test.call(alice, 'POST', `api/v1/builds/${build.id}/cancel`)).status).toBe(200);
  await stopped;
  letGo();
  await eventually(() => !stopping());
  expect(hasServer()).toBe(false);
  expect(await show()).toMatchObject({ state: 'asleep', desired: 'asleep', problem: null });
  expect(await audit()).not.toContain(AT_THE_HUB);
});
