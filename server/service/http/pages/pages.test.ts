import type { BuildReply, DashboardReply } from '../../../contract';
import { Browser } from '../../testing/browser';
import { addUser } from '../../testing/fake-hub';
import { startRunners, type FakeRunner } from '../../testing/fake-runner';
import { eventually, PREFIX, PUBLISH, startTestService, type TestService } from '../../testing/test-service';

let test: TestService;
let alice: string;
let runners: FakeRunner[];
let browser: Browser;

async function begin(config = {}) {
  test = await startTestService(config);
  alice = addUser(test.hub, 'alice');
  addUser(test.hub, 'bob');
  runners = startRunners(test);
  browser = new Browser(test);
}
afterEach(() => test.stop());

async function published(changes: object = {}): Promise<{ id: string; server: string; runner: FakeRunner }> {
  const { body } = await test.call<BuildReply>(alice, 'POST', 'api/v1/dashboards', {
    ...PUBLISH,
    audience: { kind: 'everyone' },
    ...changes
  });
  const runner = await eventually(() => runners.at(-1));
  await runner.build();
  await eventually(async () => (await show(body.dashboard.id)).state === 'running');
  return { id: body.dashboard.id, server: runner.specification.serverName, runner };
}

const show = async (id: string) =>
  (await test.call<DashboardReply>(alice, 'GET', `api/v1/dashboards/${id}`)).body.dashboard;

/** The Hub stops a server, as an administrator or a culler does. */
function stopAtHub(server: string): void {
  test.hub.users.get('alice')?.servers.delete(server);
  test.hub.onStop('alice', server);
}

describe('a visit', () => {
  it('wakes a sleeping dashboard with one start for 50 visitors, then leads to it', async () => {
    await begin();
    const { id, server } = await published();
    stopAtHub(server);
    await eventually(async () => (await show(id)).state === 'asleep');
    await browser.signIn('bob');
    const before = test.hub.starts.length;
    const visits = await Promise.all(Array.from({ length: 50 }, () => browser.open('d/sales?next=v/1/x')));
    const waiting = visits.filter(({ status }) => status === 503);
    expect(waiting.length).toBeGreaterThan(0);
    expect(waiting[0]?.text).toContain('This dashboard is starting');
    expect(waiting[0]?.text).toContain('content="2; url=/services/dashboards/d/sales?next=v%2F1%2Fx"');
    await runners.at(-1)?.heartbeat();
    const open = await browser.eventually('d/sales?next=v/1/x', ({ status }) => status === 302);
    expect(open.location).toBe(`/user/alice/${server}/v/1/x`);
    expect(test.hub.starts.length - before).toBe(1);
    const state = await browser.open('d/sales/state?next=v/1/x');
    expect(JSON.parse(state.text)).toEqual({ state: 'open', url: `/user/alice/${server}/v/1/x` });
  });

  it('finds a dashboard by its server, and does not send the browser round in circles', async () => {
    await begin();
    const { server } = await published();
    await browser.signIn('bob');
    // The Hub has lost the server, and nobody has told us yet.
    test.hub.users.get('alice')?.servers.delete(server);
    const sent = await browser.open(`at/alice/${server}/v/1/page?a=b%20c`);
    expect([sent.status, sent.location]).toEqual([302, `${PREFIX}d/sales?next=v%2F1%2Fpage%3Fa%3Db%2520c&wait=1`]);
    expect((await browser.open(sent.location ?? '')).text).toContain('This dashboard is starting');
    expect(JSON.parse((await browser.open('d/sales/state')).text)).toMatchObject({ state: 'starting' });
  });

  it('does not wake what its owner has stopped', async () => {
    await begin();
    const { id } = await published();
    await test.call(alice, 'POST', `api/v1/dashboards/${id}/stop`);
    await browser.signIn('bob');
    const { status, text } = await browser.open('d/sales');
    expect([status, text.includes('has been stopped')]).toEqual([503, true]);
    expect(test.hub.starts).toHaveLength(1);
    await test.call(alice, 'POST', `api/v1/dashboards/${id}/start`);
    await eventually(() => test.hub.starts.length === 2);
  });

  it('shows the problem to the owner, and only that there is one to others', async () => {
    await begin();
    const { id, server } = await published();
    stopAtHub(server);
    await eventually(async () => (await show(id)).state === 'asleep');
    test.hub.onStart = () => ({ status: 500, message: 'image <b>not</b> found' });
    await browser.signIn('bob');
    await browser.open('d/sales');
    const failed = await browser.eventually('d/sales', ({ text }) => text.includes('does not work at the moment'));
    expect(failed.text).not.toContain('found');
    const owner = new Browser(test);
    await owner.signIn('alice');
    const told = await owner.open('d/sales');
    expect(told.text).toContain('image &lt;b&gt;not&lt;/b&gt; found');
    // A visit later on tries again, not every visit.
    expect(test.hub.starts).toHaveLength(2);
    test.advance(30_000);
    expect((await browser.open('d/sales')).text).toContain('is starting');
    await eventually(() => test.hub.starts.length === 3);
  });

  it("leads to the dashboards' origin where there is one, also per owner", async () => {
    await begin({
      hubUrl: 'https://hub.example.org/',
      dashboardsOrigin: 'https://{owner}.dash.example.org',
      trustAllAuthors: false
    });
    const { server, runner } = await published();
    expect(runner.specification.dashboardsOrigin).toBe('https://alice.dash.example.org');
    expect(runner.specification.publicServiceUrl).toBe(`https://hub.example.org${PREFIX}`);
    await browser.signIn('bob');
    expect((await browser.open('d/sales')).location).toBe(`https://alice.dash.example.org/user/alice/${server}/`);
  });

  it("is sent from the dashboards' origin to the Hub's: nobody signs in there", async () => {
    await begin({ hubUrl: 'https://hub.example.org/', dashboardsOrigin: 'https://{owner}.dash.example.org' });
    const { request } = await import('node:http');
    const { port } = new URL(test.origin);
    const answer = await new Promise<{ status?: number; location?: string }>((resolve, reject) =>
      request({ port, path: `${PREFIX}d/sales`, headers: { host: 'mallory.dash.example.org' } }, response => {
        response.resume();
        resolve({ status: response.statusCode, location: response.headers.location });
      })
        .once('error', reject)
        .end()
    );
    expect(answer).toEqual({ status: 302, location: `https://hub.example.org${PREFIX}d/sales` });
  });
});

describe('pages', () => {
  it('escape everything and allow no script but their own', async () => {
    await begin();
    await published({ name: '<script>alert(1)</script>"\'&', description: '<img src=x onerror=alert(2)>' });
    await browser.signIn('bob');
    const { text, headers } = await browser.open('');
    expect(text).toContain('&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;&amp;');
    expect(text).not.toMatch(/<script>|<img/);
    expect(headers.get('content-security-policy')).toMatch(
      /default-src 'none'.*script-src 'self'.*frame-ancestors 'none'/
    );
    expect(headers.get('content-security-policy')).not.toContain('unsafe');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(text).not.toMatch(/<[^>]* (?:on[a-z]+|style)=/);
    const missing = await browser.open('d/%3Cscript%3Ealert(3)%3C%2Fscript%3E');
    expect([missing.status, missing.text.includes('<script>')]).toEqual([404, false]);
  });

  it('answer with a page for every name, also one that looks like a route', async () => {
    await begin();
    await browser.signIn('bob');
    for (const path of ['d/statement', 'd/sales?next=/state', 'd/state']) {
      expect((await browser.open(path)).text).toMatch(/^<!doctype html>/i);
    }
    expect(JSON.parse((await browser.open('d/sales/state')).text)).toHaveProperty('error');
  });

  it('list what is mine and what is shared with me', async () => {
    await begin();
    await published();
    await test.call(alice, 'POST', 'api/v1/dashboards', { ...PUBLISH, name: 'Secret plans' });
    await browser.signIn('bob');
    const bob = (await browser.open('')).text;
    expect(bob).toContain('Sales');
    expect(bob).not.toContain('Secret');
    const owner = new Browser(test);
    await owner.signIn('alice');
    expect((await owner.open('')).text).toContain('Secret plans');
  });

  it('have their style and scripts as files that are never asked for twice', async () => {
    await begin();
    await browser.signIn('bob');
    const { text } = await browser.open('', { 'sec-fetch-site': 'none' });
    const files = [...text.matchAll(/(?:href|src)="([^"]*\/assets\/[^"]+)"/g)].map(([, path = '']) => path);
    const types = await Promise.all(
      files.map(async path => {
        const { headers } = await browser.open(path);
        expect(headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
        return [/\.[0-9a-f]{12}\.(\w+)$/.exec(path)?.[1], headers.get('content-type')];
      })
    );
    expect(types).toEqual([
      ['css', 'text/css; charset=utf-8'],
      ['js', 'text/javascript; charset=utf-8']
    ]);
  });
});
