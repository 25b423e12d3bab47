import type { BuildReply, DashboardReply } from '../../../contract';
import { problem } from '../../errors';
import { Browser } from '../../testing/browser';
import { addUser } from '../../testing/fake-hub';
import { startRunners, type FakeRunner } from '../../testing/fake-runner';
import { eventually, PREFIX, PUBLISH, startTestService, type TestService } from '../../testing/test-service';
import { linkPath, parseLink } from './version-link';

describe('a link', () => {
  it.each([
    ['sales', { slug: 'sales', version: null }],
    ['sales@3', { slug: 'sales', version: 3 }],
    ['sales@0', { slug: 'sales@0', version: null }],
    ['sales@03', { slug: 'sales@03', version: null }],
    ['sales@3x', { slug: 'sales@3x', version: null }],
    ['sales@1@2', { slug: 'sales@1@2', version: null }],
    ['@3', { slug: '@3', version: null }]
  ])('%s', (text, link) => {
    expect(parseLink(text)).toEqual(link);
    expect(decodeURIComponent(linkPath(link))).toBe(`d/${text}`);
  });
});

describe('a version opened by its own link', () => {
  let test: TestService;
  let alice: string;
  let runners: FakeRunner[];
  let browser: Browser;
  let id: string;
  let server: string;

  beforeEach(async () => {
    test = await startTestService();
    alice = addUser(test.hub, 'alice');
    addUser(test.hub, 'bob');
    runners = startRunners(test);
    browser = new Browser(test);
    const { body } = await test.call<BuildReply>(alice, 'POST', 'api/v1/dashboards', {
      ...PUBLISH,
      audience: { kind: 'people', users: ['bob'], groups: [] }
    });
    id = body.dashboard.id;
    await (await eventually(() => runners[0])).build();
    server = runners[0]?.specification.serverName ?? '';
    await update(2);
    await browser.signIn('bob');
  });
  afterEach(() => test.stop());

  const show = async () => (await test.call<DashboardReply>(alice, 'GET', `api/v1/dashboards/${id}`)).body.dashboard;
  const runner = () => runners.at(-1) as FakeRunner;

  async function update(n: number): Promise<void> {
    await test.call(alice, 'POST', `api/v1/dashboards/${id}/versions`, {});
    await runner().build();
    await eventually(async () => (await show()).liveVersion === n && (await show()).state === 'running');
  }

  const visited = () => runner().state.visited?.map(({ n }) => n);

  it('is started beside the live one, and leads to its own prefix', async () => {
    const { status, location } = await browser.open('d/sales@1?next=page%3Fa=b%2520c');
    expect(status).toBe(302);
    expect(location).toBe(`/user/alice/${server}/v/1/page?a=b%20c`);
    await eventually(() => visited()?.length === 1);
    expect(runner().state).toMatchObject({ live: { n: 2 }, job: null, visited: [{ n: 1, framework: 'streamlit' }] });
    const state = await browser.open('d/sales@1/state');
    expect(JSON.parse(state.text)).toEqual({ state: 'open', url: `/user/alice/${server}/v/1/` });
  });

  it('that is the live one is opened as it is', async () => {
    expect((await browser.open('d/sales@2')).location).toBe(`/user/alice/${server}/v/2/`);
    expect(visited()).toEqual([]);
  });

  it('is for those alone who may look at the dashboard', async () => {
    addUser(test.hub, 'carol');
    const carol = new Browser(test);
    await carol.signIn('carol');
    for (const path of ['d/sales@1', 'd/sales@9', 'd/nothing@1']) {
      expect((await carol.open(path)).status).toBe(404);
    }
    const texts = await Promise.all(['d/sales@1', 'd/nothing@1'].map(async path => (await carol.open(path)).text));
    expect(texts[0]).toBe(texts[1]);
    expect(visited()).toEqual([]);
    expect((await new Browser(test).open('d/sales@1')).location).toContain('oauth2/authorize');
  });

  it('that is not to be had says why, and leads to the live one', async () => {
    await test.call(alice, 'POST', `api/v1/dashboards/${id}/versions`, {});
    const job = await eventually(() => runner().state.job);
    expect((await browser.open('d/sales@3')).text).toContain('Version 3 is being made');
    await runner().result(job.id, { ok: false, problem: problem('app_failed', 'No.') });
    for (const n of [4, 5]) {
      await update(n);
    }
    for (const [n, reason] of [
      [1, 'Version 1 is not kept any more'],
      [3, 'Version 3 has never worked'],
      [99, 'There is no version 99']
    ] as const) {
      const { status, text } = await browser.open(`d/sales@${n}`);
      expect([n, status, text.includes(reason), text.includes(`href="${PREFIX}d/sales"`)]).toEqual([
        n,
        404,
        true,
        true
      ]);
    }
    expect((await browser.open('d/sales@1/state')).status).toBe(200);
    expect(visited()).toEqual([]);
  });

  it('wakes a dashboard that is asleep, whose server then knows what is wanted', async () => {
    test.hub.users.get('alice')?.servers.delete(server);
    test.hub.onStop('alice', server);
    await eventually(async () => (await show()).state === 'asleep');
    const waiting = await browser.open('d/sales@1?next=x');
    expect(waiting.text).toContain(`data-state="${PREFIX}d/sales@1/state?next=x"`);
    expect(waiting.text).toContain(`url=${PREFIX}d/sales@1?next=x`);
    const woken = await eventually(() => runners[1]);
    expect(woken.specification.state).toMatchObject({ live: { n: 2 }, visited: [{ n: 1 }] });
    await woken.heartbeat();
    const open = await browser.eventually('d/sales@1?next=x', ({ status }) => status === 302);
    expect(open.location).toBe(`/user/alice/${server}/v/1/x`);
  });

  it('opens although the live one has broken down', async () => {
    await runner().heartbeat([], { state: 'failed', version: 2, problem: problem('app_exited', 'It ended.') });
    await eventually(async () => (await show()).state === 'failed');
    expect((await browser.open('d/sales')).status).toBe(503);
    expect((await browser.open('d/sales@1')).location).toBe(`/user/alice/${server}/v/1/`);
  });

  it('does not wake what its owner has stopped', async () => {
    await test.call(alice, 'POST', `api/v1/dashboards/${id}/stop`);
    const starts = test.hub.starts.length;
    expect((await browser.open('d/sales@1')).text).toContain('has been stopped');
    expect(test.hub.starts).toHaveLength(starts);
  });

  it('is wanted for a while only, and not more than three at once', async () => {
    const { visited: registry } = test.service.context;
    for (const n of [1, 2, 3, 4]) {
      registry.note('d', n);
      test.advance(1_000);
    }
    registry.note('d', 3);
    expect(registry.of('d')).toEqual([3, 4, 2]);
    test.advance(4 * 60_000);
    registry.note('d', 4);
    test.advance(2 * 60_000);
    expect(registry.of('d')).toEqual([4]);
    expect(registry.of('other')).toEqual([]);
  });
});

it('an update whose server is lost does not tell viewers that the dashboard is being built', async () => {
  const test = await startTestService();
  try {
    const alice = addUser(test.hub, 'alice');
    const runners = startRunners(test);
    const { body } = await test.call<BuildReply>(alice, 'POST', 'api/v1/dashboards', PUBLISH);
    const first = await eventually(() => runners[0]);
    await first.build();
    await test.call(alice, 'POST', `api/v1/dashboards/${body.dashboard.id}/versions`, {});
    await eventually(() => first.state.job);
    test.hub.onStart = () => new Promise(() => undefined);
    test.hub.users.get('alice')?.servers.clear();
    first.close();
    const browser = new Browser(test);
    await browser.signIn('alice');
    const page = await browser.eventually('d/sales', ({ status }) => status === 503);
    expect(page.text).toContain('This dashboard is starting');
    expect(page.text).not.toContain('is being built');
  } finally {
    await test.stop();
  }
});
