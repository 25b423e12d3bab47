import type { AuditList, BuildReply, DashboardReply } from '../../contract';
import type { ServiceOptions } from '../service';
import { Browser } from '../testing/browser';
import { addUser } from '../testing/fake-hub';
import { type FakeRunner, startRunners } from '../testing/fake-runner';
import { eventually, HOOK_KEY, PUBLISH, startTestService, type TestService } from '../testing/test-service';

let test: TestService;
let alice: string;
let root: string;
let runners: FakeRunner[];

async function begin(timing: ServiceOptions['timing'] = {}): Promise<void> {
  test = await startTestService({}, timing);
  alice = addUser(test.hub, 'alice');
  root = addUser(test.hub, 'root', { admin: true });
  runners = startRunners(test);
}
beforeEach(() => begin());
afterEach(() => test.stop());

async function published(name = PUBLISH.name): Promise<{ id: string; server: string; runner: FakeRunner }> {
  const { body } = await test.call<BuildReply>(alice, 'POST', 'api/v1/dashboards', { ...PUBLISH, name });
  const runner = await eventually(() => runners.find(one => one.specification.dashboard.id === body.dashboard.id));
  await runner.build();
  await eventually(async () => (await show(body.dashboard.id)).state === 'running');
  return { id: body.dashboard.id, server: runner.specification.serverName, runner };
}

const show = async (id: string) =>
  (await test.call<DashboardReply>(alice, 'GET', `api/v1/dashboards/${id}`)).body.dashboard;

/** A server ends without our doing, with so many viewers connected. */
async function lose(runner: FakeRunner, connections: number): Promise<void> {
  await runner.heartbeat([], { state: 'serving', version: 1, problem: null }, connections);
  const { owner, serverName } = runner.specification;
  test.hub.users.get(owner)?.servers.delete(serverName);
  test.hub.onStop(owner, serverName);
}

it('a visit to a server whose runner hangs has it started anew, and takes nothing for missing', async () => {
  const { id, runner } = await published();
  // Its stream breaks off, and it does not come back; the Hub goes on calling the server ready.
  runner.close();
  await eventually(() => !test.service.context.channels.connected(id));
  const browser = new Browser(test);
  await browser.signIn('alice');
  expect((await browser.open('d/sales')).text).toContain('is starting');
  const second = await eventually(() => runners[1]);
  await second.heartbeat();
  await eventually(async () => (await show(id)).state === 'running');
  expect(test.log()).not.toContain('runner_missing');
});

describe('a visit while a server ends of which the Hub does not know it yet', () => {
  const MINUTE = { runnerWaitMs: 60_000, silenceMs: 60_000 };
  const stops = () => test.hub.requests.filter(request => request.startsWith('DELETE')).length;
  let id: string;
  let server: string;
  let runner: FakeRunner;

  beforeEach(async () => {
    await test.stop();
    await begin(MINUTE);
    ({ id, server, runner } = await published());
    runner.close();
    await eventually(() => !test.service.context.channels.connected(id));
    const asked = test.hub.starts.length;
    const browser = new Browser(test);
    await browser.signIn('alice');
    expect((await browser.open('d/sales')).text).toContain('is starting');
    // It is still there as far as the Hub can tell.
    await eventually(() => test.hub.starts.length > asked + 1);
  });

  it('is followed by another server as soon as the Hub knows', async () => {
    test.hub.users.get('alice')?.servers.delete(server);
    test.hub.onStop('alice', server);
    await (await eventually(() => runners[1])).heartbeat();
    await eventually(async () => (await show(id)).state === 'running');
    expect(stops()).toBe(0);
  });

  it('leaves alone one whose way to us was interrupted, though the Hub was away as well', async () => {
    test.hub.broken = 503;
    const asked = () => test.hub.requests.filter(request => request.startsWith('POST users/')).length;
    const before = asked();
    await eventually(() => asked() > before + 1);
    test.hub.broken = null;
    await runner.connect();
    await eventually(() => !test.service.context.servers.starting(id));
    expect([stops(), runners.length]).toEqual([0, 1]);
    expect((await show(id)).state).toBe('running');
  });
});

describe('a server that others have stopped', () => {
  it('sleeps if nobody was connected', async () => {
    const { id, runner } = await published();
    await lose(runner, 0);
    await eventually(async () => (await show(id)).state === 'asleep');
    expect(test.hub.starts).toHaveLength(1);
  });

  it('is started again if somebody was, three times in five minutes, not for ever', async () => {
    const { id, runner } = await published();
    const live = await eventually(() => runner);
    await lose(live, 2);
    const second = await eventually(() => runners[1]);
    await eventually(async () => (await test.service.context.dashboards.get(id))?.runner?.ready);
    expect((await show(id)).desired).toBe('on');
    await lose(second, 2);
    const third = await eventually(() => runners[2]);
    await eventually(async () => (await test.service.context.dashboards.get(id))?.runner?.ready);
    await lose(third, 2);
    const fourth = await eventually(() => runners[3], 10_000);
    await eventually(async () => (await test.service.context.dashboards.get(id))?.runner?.ready);
    const event = { type: 'Warning', reason: 'OOMKilled', message: 'exit code 137', involvedObject: { kind: 'Pod' } };
    const news = { userName: 'alice', serverName: fourth.specification.serverName, events: [event] };
    await test.call(HOOK_KEY, 'POST', 'internal/server-news', news);
    await lose(fourth, 2);
    await eventually(async () => (await show(id)).state === 'failed');
    expect(await show(id)).toMatchObject({
      desired: 'asleep',
      problem: {
        code: 'server_stopped',
        message:
          "The dashboard's server went away 4 times within five minutes. The server was ended because it used more memory than it may."
      }
    });
    expect(test.hub.starts).toHaveLength(4);
  });

  it.each([
    ['stopped', 'POST', '/stop', 2],
    // Once more, for its files to be removed.
    ['deleted', 'DELETE', '', 3]
  ])('is not started again where it is %s before the time has come', async (_, method, action, starts) => {
    const { id, runner } = await published();
    await lose(runner, 2);
    const second = await eventually(() => runners[1]);
    await eventually(async () => (await test.service.context.dashboards.get(id))?.runner?.ready);
    await lose(second, 2);
    await eventually(() => test.log().includes('"restart":2'));
    expect((await test.call(alice, method, `api/v1/dashboards/${id}${action}`)).status).toBeLessThan(300);
    await eventually(() => test.log().includes('not started again'), 10_000);
    expect(test.hub.starts).toHaveLength(starts);
  });

  it('is left alone while the Hub does not answer', async () => {
    const { id, runner } = await published();
    test.hub.broken = 503;
    runner.close();
    await eventually(() => test.log().includes('not reconciled'));
    test.hub.broken = null;
    expect((await show(id)).desired).toBe('on');
    await runner.connect();
    await eventually(async () => (await show(id)).state === 'running');
  });

  it('goes on building where it was, in a new server', async () => {
    const { id, runner } = await published();
    await test.call(alice, 'POST', `api/v1/dashboards/${id}/versions`, {});
    const job = await eventually(() => runner.state.job);
    await runner.progress(job.id, 'start');
    await lose(runner, 0);
    const second = await eventually(() => runners[1]);
    expect(second.specification.state).toMatchObject({ live: { n: 1 }, job: { id: job.id } });
    await second.result(job.id);
    expect((await show(id)).liveVersion).toBe(2);
  });
});

describe('a server that is ready while its runner reports to nobody', () => {
  const stops = () => test.hub.requests.filter(request => request.startsWith('DELETE')).length;

  it('is stopped and started again after a while', async () => {
    const { id, runner } = await published();
    runner.close();
    const second = await eventually(() => runners[1]);
    await second.heartbeat();
    await eventually(async () => (await show(id)).state === 'running');
    expect([stops(), test.hub.starts.length]).toEqual([1, 2]);
    expect(test.log()).toContain('its runner does not report: stopped and started again');
  });

  it('is left alone when the runner comes back in time', async () => {
    await test.stop();
    await begin({ silenceMs: 5_000 });
    const { id, runner } = await published();
    const other = await published('Other');
    const looks = () => test.hub.requests.filter(request => request === 'GET users/alice').length;
    for (const one of [runner, other.runner]) {
      const before = looks();
      one.close();
      await eventually(() => looks() > before);
    }
    await runner.connect();
    expect(stops()).toBe(0);
    // The time counts anew: the one that was missed later and has not come back is stopped first.
    runner.close();
    const replaced = () =>
      [...test.log().matchAll(/"dashboard":"([^"]+)".*its runner does not report/g)].map(([, one]) => one);
    await eventually(() => replaced().length === 2);
    expect(replaced()).toEqual([other.id, id]);
  });

  it('is not started for ever', async () => {
    const { id } = await published();
    for (let n = 0; n < 4; n++) {
      const runner = await eventually(() => runners[n]);
      await eventually(async () => (await test.service.context.dashboards.get(id))?.runner?.ready);
      runner.close();
    }
    await eventually(async () => (await show(id)).state === 'failed');
    expect(await show(id)).toMatchObject({ desired: 'asleep', problem: { code: 'server_stopped' } });
    expect(test.hub.starts).toHaveLength(4);
  });
});

describe('after a restart of the service', () => {
  it('dashboards that nobody looks at and whose server is gone are asleep', async () => {
    const { id, server, runner } = await published();
    test.hub.users.get('alice')?.servers.delete(server);
    runner.close();
    await test.restart();
    await eventually(async () => (await show(id)).state === 'asleep');
  });

  it('servers that nobody wants any more are stopped', async () => {
    const { id, server, runner } = await published();
    const stop = test.hub.onStop;
    await test.call(alice, 'POST', `api/v1/dashboards/${id}/stop`);
    await eventually(() => !test.hub.users.get('alice')?.servers.has(server));
    runner.close();
    // As if the stop had never reached the Hub:
    test.hub.users.get('alice')?.servers.set(server, { ready: true, pending: null });
    test.hub.onStop = stop;
    await test.restart();
    await eventually(() => !test.hub.users.get('alice')?.servers.has(server));
    expect((await show(id)).desired).toBe('off');
  });

  it('servers of sleeping dashboards that were forgotten are stopped in time', async () => {
    const { id, server, runner } = await published();
    await lose(runner, 0);
    await eventually(async () => (await show(id)).state === 'asleep');
    test.hub.users.get('alice')?.servers.set(server, { ready: true, pending: null });
    await test.service.reconciler.run(true);
    expect(test.hub.users.get('alice')?.servers.has(server)).toBe(false);
    expect((await show(id)).state).toBe('asleep');
  });

  it('viewers stay signed in, and sessions stand', async () => {
    const { id, runner } = await published();
    const browser = new Browser(test);
    await browser.signIn('alice');
    await test.restart();
    await runner.connect();
    expect((await browser.open('')).status).toBe(200);
    await eventually(async () => (await test.service.context.dashboards.get(id))?.runner?.ready);
    expect((await browser.open('d/sales')).status).toBe(302);
  });
});

describe('deleting', () => {
  /** What is recorded of files that stay, the newest first. */
  const left = async (id: string) => {
    const { body } = await test.call<AuditList>(root, 'GET', `api/v1/audit?dashboard=${id}`);
    return body.records.filter(({ action }) => action === 'files_left').map(({ detail }) => detail);
  };

  it('lets the runner remove its files first, then removes the server and every row', async () => {
    const { id, server, runner } = await published();
    const browser = new Browser(test);
    await browser.signIn('alice');
    expect((await test.call(alice, 'DELETE', `api/v1/dashboards/${id}`)).status).toBe(204);
    expect((await test.call(alice, 'GET', `api/v1/dashboards/${id}`)).status).toBe(404);
    expect((await browser.open('d/sales')).status).toBe(404);
    await eventually(() => runner.events.some(event => event.kind === 'delete'));
    expect(test.hub.users.get('alice')?.servers.has(server)).toBe(true);
    await runner.removed();
    await eventually(() => !test.hub.users.get('alice')?.servers.has(server));
    await eventually(async () => (await test.service.context.dashboards.get(id)) === null);
    expect(test.hub.requests.filter(request => request.startsWith('DELETE'))).toEqual([
      `DELETE users/alice/servers/${server}`
    ]);
  });

  it('frees the name and the link at once', async () => {
    const { id } = await published();
    await test.call(alice, 'DELETE', `api/v1/dashboards/${id}`);
    const { status, body } = await test.call<BuildReply>(alice, 'POST', 'api/v1/dashboards', PUBLISH);
    expect([status, body.dashboard.slug]).toEqual([201, 'sales']);
    runners.forEach(runner => runner.close());
  });

  it('starts a sleeping server once more, so that its files do not stay', async () => {
    const { id, runner, server } = await published();
    await lose(runner, 0);
    await eventually(async () => (await show(id)).state === 'asleep');
    await test.call(alice, 'DELETE', `api/v1/dashboards/${id}`);
    const second = await eventually(() => runners[1]);
    expect(second.specification.state).toMatchObject({ live: null, job: null, kept: [] });
    await eventually(() => second.events.some(event => event.kind === 'delete'));
    await second.removed();
    await eventually(() => !test.hub.users.get('alice')?.servers.has(server));
  });

  it('keeps on trying for a week where the server cannot be started, then says that files stay', async () => {
    const { id, runner } = await published();
    await lose(runner, 0);
    await eventually(async () => (await show(id)).state === 'asleep');
    test.hub.onStart = () => ({ status: 500, message: 'no room' });
    const tries = () => test.hub.starts.length - 1;
    const postponed = () => test.log().split('files of a deleted dashboard stay for now').length - 1;
    await test.call(alice, 'DELETE', `api/v1/dashboards/${id}`);
    for (const [index, minutes] of [15, 60, 240, 960, ...Array<number>(6).fill(1_440)].entries()) {
      await eventually(() => postponed() === index + 1);
      await test.service.reconciler.run();
      expect(tries()).toBe(index + 1);
      test.advance(minutes * 60_000);
      // Whoever removes it may be at its end still.
      await eventually(async () => {
        await test.service.reconciler.run();
        return tries() === index + 2;
      });
    }
    await eventually(async () => (await test.service.context.dashboards.get(id)) === null);
    expect(test.log()).toContain('dashboard removed; its files stay');
    expect(await left(id)).toEqual([
      `no longer tried, remove ~/.dashboards/${id} by hand: JupyterHub could not start the dashboard's server: no room`,
      `tried again for a week: JupyterHub could not start the dashboard's server: no room`
    ]);
  });

  it('keeps to its week, its times and its two records though the service is started again and again', async () => {
    const { id, runner } = await published();
    await lose(runner, 0);
    await eventually(async () => (await show(id)).state === 'asleep');
    test.hub.onStart = () => ({ status: 500, message: 'no room' });
    const tries = () => test.hub.starts.length - 1;
    await test.call(alice, 'DELETE', `api/v1/dashboards/${id}`);
    await eventually(() => test.log().includes('stay for now'));
    await test.restart();
    await test.service.reconciler.run();
    // Not yet due.
    expect([tries(), await left(id)]).toEqual([1, [expect.stringMatching(/^tried again for a week: /)]]);
    test.advance(6 * 24 * 3_600_000);
    await test.restart();
    test.advance(24 * 3_600_000);
    await eventually(async () => {
      await test.service.reconciler.run();
      return (await test.service.context.dashboards.get(id)) === null;
    });
    expect((await left(id)).map(detail => detail.slice(0, 14))).toEqual(['no longer trie', 'tried again fo']);
    expect(tries()).toBe(2);
  });

  it.each<[string, (runner: FakeRunner) => unknown, string]>([
    [
      'says that they stay',
      runner => runner.removed({ code: 'internal', message: 'They could not be removed (EACCES).' }),
      'They could not be removed (EACCES).'
    ],
    ['ends without a word, as one that was killed', runner => runner.close(), 'its server ended without a word of them']
  ])('is not done when the runner %s: it is tried again, and recorded', async (_what, end, reason) => {
    const { id, runner } = await published();
    await test.call(alice, 'DELETE', `api/v1/dashboards/${id}`);
    await eventually(() => runner.events.some(event => event.kind === 'delete'));
    await end(runner);
    await eventually(() => test.log().includes('stay for now'));
    expect(await left(id)).toEqual([`tried again for a week: ${reason}`]);
    test.advance(15 * 60_000);
    const second = await eventually(async () => {
      await test.service.reconciler.run();
      return runners[1];
    });
    await eventually(() => second.events.some(event => event.kind === 'delete'));
    await second.removed();
    await eventually(async () => (await test.service.context.dashboards.get(id)) === null);
  });

  it('removes the files in a later try', async () => {
    const { id, runner } = await published();
    await lose(runner, 0);
    await eventually(async () => (await show(id)).state === 'asleep');
    const start = test.hub.onStart;
    test.hub.onStart = () => ({ status: 500, message: 'no room' });
    await test.call(alice, 'DELETE', `api/v1/dashboards/${id}`);
    await eventually(() => test.log().includes('stay for now'));
    test.hub.onStart = start;
    test.advance(15 * 60_000);
    const second = await eventually(async () => {
      await test.service.reconciler.run();
      return runners[1];
    });
    await eventually(() => second.events.some(event => event.kind === 'delete'));
    await second.removed();
    await eventually(async () => (await test.service.context.dashboards.get(id)) === null);
  });

  it('is not taken for done when the service ends meanwhile', async () => {
    const { id, runner, server } = await published();
    await test.call(alice, 'DELETE', `api/v1/dashboards/${id}`);
    await eventually(() => runner.events.some(event => event.kind === 'delete'));
    await test.restart();
    expect(test.hub.users.get('alice')?.servers.has(server)).toBe(true);
    expect(await test.service.context.dashboards.get(id)).not.toBeNull();
    await runner.connect();
    await test.service.reconciler.run();
    await eventually(() => runner.events.some(event => event.kind === 'delete'));
    await runner.removed();
    await eventually(async () => (await test.service.context.dashboards.get(id)) === null);
  });

  it('is taken up again after a restart', async () => {
    const { id, runner, server } = await published();
    test.advance(5_000);
    await test.call(alice, 'GET', 'api/v1/whoami');
    test.hub.broken = 503;
    runner.close();
    expect((await test.call(alice, 'DELETE', `api/v1/dashboards/${id}`)).status).toBe(204);
    await eventually(() => test.log().includes('removal not finished'));
    test.hub.users.get('alice')?.servers.delete(server);
    await test.restart();
    test.hub.broken = null;
    await test.service.reconciler.run();
    const again = await eventually(() => runners[1]);
    await eventually(() => again.events.some(event => event.kind === 'delete'));
    await again.removed();
    await eventually(async () => (await test.service.context.dashboards.get(id)) === null);
  });

  it('cancels a build that is under way', async () => {
    const { id, runner } = await published();
    const { body } = await test.call<BuildReply>(alice, 'POST', `api/v1/dashboards/${id}/versions`, {});
    await eventually(() => runner.state.job);
    await test.call(alice, 'DELETE', `api/v1/dashboards/${id}`);
    await eventually(() => runner.events.some(event => event.kind === 'delete'));
    expect((await runner.progress(body.build.id, 'copy')).body.cancelled).toBe(true);
    runner.close();
  });
});
