import type { BuildReply, DashboardReply } from '../../../contract';
import { Browser, type PageReply } from '../../testing/browser';
import { addUser, type FakeAnswer } from '../../testing/fake-hub';
import { startRunners, type FakeRunner } from '../../testing/fake-runner';
import { gluedButtons, readable } from '../../testing/page-text';
import { eventually, PREFIX, PUBLISH, startTestService, type TestService } from '../../testing/test-service';

const OPENED = { 'sec-fetch-site': 'none' };
const EVIL = '<script>alert(1)</script>';

let test: TestService;
let token: string;
let runners: FakeRunner[];
let alice: Browser;
let bob: Browser;

beforeEach(async () => {
  test = await startTestService({ dashboardsOrigin: 'http://dash.example.org', trustAllAuthors: false });
  token = addUser(test.hub, 'alice');
  addUser(test.hub, 'bob');
  runners = startRunners(test);
  [alice, bob] = [new Browser(test), new Browser(test)];
  await alice.signIn('alice');
  await bob.signIn('bob');
});
afterEach(() => test.stop());

async function publish(): Promise<string> {
  const body = { ...PUBLISH, audience: { kind: 'everyone' } };
  return (await test.call<BuildReply>(token, 'POST', 'api/v1/dashboards', body)).body.dashboard.id;
}

async function published(): Promise<{ id: string; server: string }> {
  const id = await publish();
  const runner = await eventually(() => runners.at(-1));
  await runner.build();
  await becomes(id, 'running');
  return { id, server: runner.specification.serverName };
}

const becomes = (id: string, state: string) =>
  eventually(async () => {
    const { body } = await test.call<DashboardReply>(token, 'GET', `api/v1/dashboards/${id}`);
    return body.dashboard.state === state;
  });

/** The Hub stops the server, as a culler does, and answers the next start like this. */
async function sleepThen(id: string, server: string, answer: FakeAnswer): Promise<void> {
  test.hub.users.get('alice')?.servers.delete(server);
  test.hub.onStop('alice', server);
  await becomes(id, 'asleep');
  test.hub.onStart = () => answer;
}

/** Its owner stops it; a start that nobody ends would outlast the test. */
const callOff = (id: string) => test.call(token, 'POST', `api/v1/dashboards/${id}/stop`);

const open = (browser: Browser, path = 'd/sales') => browser.open(path, OPENED);
function expectPage(page: PageReply, status: number, words: (string | RegExp)[]): void {
  expect(page.status).toBe(status);
  expect(page.headers.get('content-type')).toContain('text/html');
  expect(page.headers.get('cache-control')).toBe('no-store');
  expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
  expect(gluedButtons(page.text)).toEqual([]);
  for (const word of words) {
    expect(readable(page.text)).toMatch(word);
  }
}

describe('whoever opens a dashboard that', () => {
  it('is being built, waits and reads which step is under way', async () => {
    test.hub.onStart = () => ({ status: 202 });
    const id = await publish();
    const page = await bob.eventually('d/sales', reply => readable(reply.text).includes('Waiting for the Spawner'));
    expectPage(page, 503, ['Being built', 'It opens here as soon as its server answers']);
    expect(page.headers.get('retry-after')).toBe('2');
    expect(JSON.parse((await open(bob, 'd/sales/state')).text)).toEqual({
      state: 'starting',
      step: 'Waiting for the Spawner to start its server'
    });
    await callOff(id);
  });

  it('is asleep, wakes it and waits', async () => {
    const { id, server } = await published();
    await sleepThen(id, server, { status: 202 });
    expectPage(await open(bob), 503, ['This dashboard is starting', 'Waiting for the Spawner']);
    await callOff(id);
  });

  it('is stopped, is told whom to ask; the owner starts it', async () => {
    const { id } = await published();
    await callOff(id);
    const page = await open(bob);
    expectPage(page, 503, ['Sales has been stopped', 'Ask alice to start it again.']);
    expect(page.text).not.toContain('/start"');
    const own = await open(alice);
    expectPage(own, 503, [
      'Sales has been stopped',
      'Nobody can open it until you start it',
      'Start',
      'Open JupyterLab'
    ]);
    expect(own.text).toContain(`action="${PREFIX}d/sales/start"`);
    expectPage(await alice.open('d/sales'), 503, ['Start it in the dashboards panel of JupyterLab']);
  });

  it.each<[what: string, answer: FakeAnswer, words: string[]]>([
    ['an image that is missing', { status: 500, message: `no image ${EVIL}` }, ['no image', 'Try again']],
    ['an owner whose sign-in has expired', { status: 403, message: 'alice needs to sign in' }, ['Open JupyterLab']],
    [
      'as many servers as there may be',
      { status: 400, message: 'User alice already has the maximum of 3 named servers' },
      ['server']
    ]
  ])('cannot start, for %s, is told so in a sentence; the owner reads why', async (_, answer, words) => {
    const { id, server } = await published();
    await sleepThen(id, server, answer);
    await open(bob);
    const page = await bob.eventually('d/sales', reply => readable(reply.text).includes('does not work at the moment'));
    expectPage(page, 503, ['Its owner, alice, can see why']);
    expect(page.text).not.toContain(answer.message);
    expect(page.text).not.toContain('api/v1');
    const own = await open(alice);
    expectPage(own, 503, ['Sales does not work', 'Download the whole log', ...words]);
    expect(own.text).not.toContain(EVIL);
  });

  it('never worked, reads no more than that; the owner goes to JupyterLab', async () => {
    const id = await publish();
    const runner = await eventually(() => runners.at(-1));
    const job = await eventually(() => runner.state.job);
    await runner.result(job.id, {
      ok: false,
      problem: { code: 'app_failed', message: 'Cell 3 failed.', fix: 'Correct it.', detail: `ValueError ${EVIL}` }
    });
    await becomes(id, 'failed');
    const page = await open(bob);
    expectPage(page, 503, ['Sales does not work at the moment']);
    expect(page.text).not.toMatch(/Cell 3|ValueError/);
    const own = await open(alice);
    expectPage(own, 503, ['Cell 3 failed.', 'Correct it.', 'ValueError <script>', 'Open JupyterLab']);
    expect(own.text).not.toContain(EVIL);
    expect(own.text).not.toMatch(/sales\/start"/);
  });

  it('an administrator has stopped, is not told that its owner has', async () => {
    const { id } = await published();
    const root = addUser(test.hub, 'root', { admin: true });
    await test.call(root, 'POST', `api/v1/dashboards/${id}/stop`);
    for (const browser of [alice, bob]) {
      for (const path of ['d/sales', '']) {
        const page = await open(browser, path);
        expect(readable(page.text)).toMatch(/Stopped/);
        expect(readable(page.text)).not.toMatch(/by its owner|You have stopped/);
      }
    }
  });

  it('never worked, keeps its reason when it is stopped, and leads its owner on from every form', async () => {
    const id = await publish();
    const runner = await eventually(() => runners.at(-1));
    const problem = { code: 'app_failed' as const, message: 'Cell 3 failed.', fix: 'Correct it.' };
    await runner.result((await eventually(() => runner.state.job)).id, { ok: false, problem });
    await becomes(id, 'failed');
    expect(readable((await open(alice, '')).text)).not.toMatch(/Stop |Start /);
    await callOff(id);
    expectPage(await open(alice), 503, ['Cell 3 failed.', 'Open JupyterLab']);
    const page = await open(alice, '');
    const xsrf = /name="dashboards-xsrf" content="([^"]+)"/.exec(page.text)?.[1] ?? '';
    const started = await alice.submit('d/sales/start', { xsrf });
    expect([started.status, started.location]).toEqual([303, `${PREFIX}d/sales?wait=1`]);
    const reloaded = await open(alice, 'd/sales/start');
    expect([reloaded.status, reloaded.location]).toEqual([302, `${PREFIX}d/sales`]);
  });

  it('is deleted, private, no longer for them, or was never there, reads one and the same page', async () => {
    const { id } = await published();
    const missing = await open(bob, 'd/nothing');
    expectPage(missing, 404, ['There is no such dashboard, or it is not shared with you', 'signed in as bob']);
    expectPage(missing, 404, ['Sign in as somebody else', 'ask its owner']);
    await test.call(token, 'PATCH', `api/v1/dashboards/${id}`, { audience: { kind: 'owner' } });
    expect((await open(bob)).text).toBe(missing.text);
    expect((await open(alice)).status).toBe(302);
  });

  it('is being deleted, reads that there is none: so does its owner', async () => {
    const { id } = await published();
    test.hub.onStop = () => undefined;
    expect((await test.call(token, 'DELETE', `api/v1/dashboards/${id}`)).status).toBe(204);
    expectPage(await open(bob), 404, ['There is no such dashboard']);
    expectPage(await open(alice), 404, ['There is no such dashboard', 'signed in as alice']);
  });
});

describe('a page', () => {
  it('says that the Hub does not answer, and offers to try again', async () => {
    test.advance(5_000);
    test.hub.broken = 502;
    const page = await open(bob, 'd/sales?next=a%22b');
    expectPage(page, 503, ['JupyterHub', 'Try again', 'All dashboards']);
    expect(page.headers.get('retry-after')).toBe('10');
    expect(page.text).not.toContain('next=a"b');
  });

  it('asks whoever has signed out elsewhere to sign in, and comes back', async () => {
    test.advance(5_000);
    test.hub.tokens.delete('bob-viewer-token');
    const page = await open(bob, 'd/sales?next=v/1/x');
    expect([page.status, page.headers.get('cache-control')]).toEqual([302, 'no-store']);
    expect(page.location).toContain('/hub/api/oauth2/authorize');
  });

  it('says what to do when a sign-in came to nothing', async () => {
    expectPage(await open(new Browser(test), 'oauth_callback?code=x&state=abc'), 400, [
      'This sign-in is over',
      'link once more'
    ]);
    expectPage(await open(new Browser(test), 'oauth_callback?error=%3Cb%3E'), 400, ['JupyterHub did not sign you in']);
  });

  it('says whom to ask when the Hub signs somebody in who may not use dashboards', async () => {
    test.hub.tokens.set('bob-viewer-token', { name: 'bob', scopes: [] });
    const page = await new Browser(test).signIn('bob', 'd/sales');
    expectPage(page, 403, ['Your account may not use dashboards on this hub.', 'Ask the administrator of this hub']);
    expect(page.cookies.filter(cookie => !cookie.includes('Max-Age=0'))).toEqual([]);
  });

  it.each(['wait=2', 'wait=1&wait=2', 'next=a&next=b', `next=${'x'.repeat(4_500)}`])(
    'is shown where its address holds nonsense: %s',
    async query => {
      const id = await publish();
      await callOff(id);
      expectPage(await open(bob, `d/sales?${query}`), 503, ['Sales', 'Sign out']);
    }
  );

  it('with a slash at the end is the one without it', async () => {
    for (const [path, leads] of [
      ['d/sales/', 'd/sales'],
      ['d/sales/?next=v/1/x', 'd/sales?next=v/1/x'],
      ['d/sales@2/', 'd/sales@2'],
      ['d/%2F%2Fevil.example/', 'd/%2F%2Fevil.example']
    ]) {
      const page = await open(bob, path);
      expect([page.status, page.location]).toEqual([302, PREFIX + leads]);
    }
  });

  it('of a version that is not there has a button whose words are apart', async () => {
    const { id } = await published();
    await test.call(token, 'PATCH', `api/v1/dashboards/${id}`, { name: 'Quarterly sales' });
    const page = await open(bob, 'd/sales@99');
    expectPage(page, 404, ['There is no version 99', 'Open Quarterly sales']);
    expect(gluedButtons('<a class="button">Open <bdi>Sales</bdi></a><button><b>Go</b> on</button>')).toHaveLength(2);
  });

  it('answers addresses that there are not', async () => {
    expectPage(await open(bob, 'nowhere'), 404, ['There is nothing at this address']);
  });

  it('keeps what went wrong inside to itself', async () => {
    test.service.context.dashboards.listed = async () => {
      throw new Error('secret path /srv/db');
    };
    const page = await open(bob);
    expectPage(page, 500, ['Something went wrong inside the dashboards service', 'Try again']);
    expect(page.text).not.toContain('secret');
  });
});
