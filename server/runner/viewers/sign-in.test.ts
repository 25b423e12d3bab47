import { call } from '../testing/http-call';
import { ManualClock } from '../testing/manual-clock';
import { cookieOf, PAGE, PREFIX, RunnerFixture } from '../testing/runner-fixture';
import { flowHash } from './ticket';

const SESSION = `${PREFIX}_dashboards/session`;

describe('signing in', () => {
  let runner: RunnerFixture;
  let clock: ManualClock;

  beforeEach(async () => {
    clock = new ManualClock();
    runner = await RunnerFixture.start({ clock });
    await runner.serve(1, (_request, response) => response.end('the app'));
  });
  afterEach(() => runner.stop());

  it('sends a navigation to the service, and the ticket leads back to where it wanted to go', async () => {
    const { cookie, asked } = await runner.beginFlow(`${PREFIX}v/1/page?x=1`);
    expect(Object.fromEntries(asked)).toMatchObject({ dashboard: 'd1', start: 'start-1', next: 'v/1/page?x=1' });
    expect(flowHash(cookie.split('=')[1] ?? '')).toBe(asked.get('flow'));
    const reply = await runner.finishFlow(cookie, {
      ticket: runner.service.sign(runner.claims(asked.get('flow') ?? '')),
      flowId: asked.get('flowId') ?? '',
      next: asked.get('next') ?? ''
    });
    expect([reply.status, reply.headers.location]).toEqual([302, `${PREFIX}v/1/page?x=1`]);
    const [, cleared, session] = reply.headers['set-cookie'] ?? [];
    expect(cleared).toMatch(/^dash-flow-[\w-]+=; Path=\/user\/alice\/dash-sales\/_dashboards\/; Max-Age=0;/);
    expect(session).toMatch(/^dash-session=[\w-]{43}; Path=\/user\/alice\/dash-sales\/; HttpOnly; SameSite=Lax$/);
    const page = await call(runner.port, `${PREFIX}v/1/page`, { headers: { ...PAGE, cookie: cookieOf(reply) } });
    expect(page.body).toBe('the app');
  });

  it('leads to the beginning of the dashboard where an address is too long for the way', async () => {
    const next = async (path: string) => (await runner.beginFlow(PREFIX + path)).asked.get('next');
    expect(await next(`page/${'x'.repeat(2_490)}`)).toBe(`page/${'x'.repeat(2_490)}`);
    expect(await next(`page?${'x'.repeat(2_600)}`)).toBe('');
    expect(await next(`page?${'%C3%BC'.repeat(300)}`)).toBe('');
  });

  it('sub-requests without a session get 401, never a redirect', async () => {
    for (const headers of [
      { accept: '*/*' },
      { accept: 'text/html', 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty', 'sec-fetch-site': 'same-origin' },
      { accept: 'text/html', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'iframe', 'sec-fetch-site': 'same-origin' }
    ]) {
      const reply = await call(runner.port, `${PREFIX}v/1/`, { headers });
      expect([reply.status, reply.headers.location, reply.headers['set-cookie']]).toEqual([401, undefined, undefined]);
    }
    expect(
      (await call(runner.port, `${PREFIX}v/1/`, { method: 'POST', headers: { accept: 'text/html' } })).status
    ).toBe(401);
  });

  it('XSRF: pages of other origins get 403, with a session too', async () => {
    const { cookie } = await runner.signIn();
    for (const [method, headers] of [
      ['POST', { 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' }],
      ['POST', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'empty' }],
      ['POST', { origin: 'https://evil.example', 'content-type': 'text/plain' }],
      ['DELETE', { origin: 'null' }],
      ['GET', { 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image' }],
      ['GET', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'iframe' }]
    ] as const) {
      expect((await call(runner.port, `${PREFIX}v/1/`, { method, headers: { ...headers, cookie } })).status).toBe(403);
    }
  });

  it('replay: a ticket opens one session, with its own flow only', async () => {
    const one = await runner.beginFlow();
    const other = await runner.beginFlow();
    const ticket = runner.service.sign(runner.claims(one.asked.get('flow') ?? ''));
    const finish = (flow: typeof one, cookie = flow.cookie): Promise<string> =>
      runner
        .finishFlow(cookie, { ticket, flowId: flow.asked.get('flowId') ?? '', next: '' })
        .then(reply => cookieOf(reply));
    expect(await finish(other)).not.toContain('dash-session');
    expect(await finish(one, other.cookie)).not.toContain('dash-session');
    expect(await finish(one)).toContain('dash-session');
    expect(await finish(one)).not.toContain('dash-session');
  });

  it.each([
    [-4 * 60_000, 'is 4 minutes ahead of'],
    [90_000, 'is 90 seconds behind'],
    [3 * 3_600_000, 'is 3 hours behind']
  ])(
    'CLOCKS: with the service %i ms away from here, the second ticket ends at a page that says so',
    async (skew, words) => {
      const skewed = (asked: URLSearchParams): string => {
        const issuedAt = clock.now() + skew;
        const times = { issuedAt, expiresAt: issuedAt + 30_000 };
        return runner.service.sign(runner.claims(asked.get('flow') ?? '', times));
      };
      const begin = await runner.beginFlow();
      const again = await runner.finishFlow(begin.cookie, {
        ticket: skewed(begin.asked),
        flowId: begin.asked.get('flowId') ?? '',
        next: ''
      });
      expect(again.status).toBe(302);
      const asked = new URL(again.headers.location ?? '', 'http://hub').searchParams;
      const ticket = skewed(asked);
      const end = await runner.finishFlow(cookieOf(again), { ticket, flowId: asked.get('flowId') ?? '', next: '' });
      expect([end.status, end.headers.location]).toEqual([503, undefined]);
      expect(end.body).toContain(words);
      expect(end.body).toContain('administrator');
    }
  );

  it("an old ticket in the browser's history is no obstacle to who is signed in", async () => {
    const { cookie } = await runner.signIn();
    const reply = await runner.finishFlow(cookie, { ticket: 'old', flowId: 'aabcdefghijkl', next: 'v/1/' });
    expect([reply.status, reply.headers.location]).toEqual([302, `${PREFIX}v/1/`]);
  });

  it('two tabs at once both get in', async () => {
    const flows = [await runner.beginFlow(), await runner.beginFlow()];
    const cookie = flows.map(flow => flow.cookie).join('; ');
    for (const { asked } of flows) {
      const reply = await runner.finishFlow(cookie, {
        ticket: runner.service.sign(runner.claims(asked.get('flow') ?? '')),
        flowId: asked.get('flowId') ?? '',
        next: ''
      });
      expect(cookieOf(reply)).toContain('dash-session=');
    }
  });

  it('redirect loops end at the second attempt with a page that says why', async () => {
    const first = await runner.beginFlow();
    const flowId = first.asked.get('flowId') ?? '';
    const again = await runner.finishFlow('', {
      ticket: runner.service.sign(runner.claims(first.asked.get('flow') ?? '')),
      flowId,
      next: 'v/1/'
    });
    const asked = new URL(again.headers.location ?? '', 'http://hub').searchParams;
    expect(again.status).toBe(302);
    expect(asked.get('next')).toBe('v/1/');
    const last = await runner.finishFlow('', {
      ticket: runner.service.sign(runner.claims(asked.get('flow') ?? '')),
      flowId: asked.get('flowId') ?? '',
      next: ''
    });
    expect(last.status).toBe(403);
    expect(last.body).toContain('Allow cookies');
  });

  it('redirect loops end where the session cookie never comes back', async () => {
    const results: string[] = [];
    let tries = '';
    for (let n = 0; n < 3; n += 1) {
      const { cookie, asked } = await runner.beginFlow();
      const reply = await runner.finishFlow(`${cookie}; ${tries}`, {
        ticket: runner.service.sign(runner.claims(asked.get('flow') ?? '')),
        flowId: asked.get('flowId') ?? '',
        next: ''
      });
      tries = reply.headers['set-cookie']?.find(one => one.startsWith('dash-flow-tries='))?.split(';')[0] ?? '';
      results.push(`${reply.status} ${reply.body}`);
    }
    expect(results.map(text => text.slice(0, 3))).toEqual(['302', '302', '403']);
    expect(results[2]).toContain('Allow cookies');
    expect(results[2]).not.toContain('Sales');
  });

  it('a browser that restores twenty tabs gets into all of them', async () => {
    const flows = await Promise.all(Array.from({ length: 20 }, () => runner.beginFlow()));
    const cookie = flows.map(flow => flow.cookie).join('; ');
    for (const { asked } of flows) {
      const reply = await runner.finishFlow(cookie, {
        ticket: runner.service.sign(runner.claims(asked.get('flow') ?? '')),
        flowId: asked.get('flowId') ?? '',
        next: ''
      });
      expect(reply.status).toBe(302);
    }
  });

  it('open redirect: next never leaves the dashboard', async () => {
    for (const next of ['//evil.example', '/\\evil.example', 'https://evil.example', '../../../hub/', '\\\\evil']) {
      const { cookie, asked } = await runner.beginFlow();
      const reply = await runner.finishFlow(cookie, {
        ticket: runner.service.sign(
          runner.claims(asked.get('flow') ?? '', { viewer: { name: next, groups: [], owner: false } })
        ),
        flowId: asked.get('flowId') ?? '',
        next
      });
      expect(reply.headers.location?.startsWith(PREFIX)).toBe(true);
    }
  });

  it('unbounded input: odd queries make no mistakes of ours', async () => {
    for (const query of [
      '',
      '?',
      '?ticket=x',
      `?ticket=${'x'.repeat(20_000)}&flowId=a`,
      '?flowId=__proto__',
      '?next=%'
    ]) {
      const reply = await call(runner.port, SESSION + query, { headers: PAGE });
      expect(reply.status).toBe(403);
    }
    expect((await call(runner.port, SESSION, { method: 'POST' })).status).toBe(405);
  });

  it('service unreachable: within the lease viewers stay, after it nobody is let in', async () => {
    const { cookie } = await runner.signIn();
    runner.service.away = 503;
    const status = async (headers: Record<string, string> = {}): Promise<number> =>
      (await call(runner.port, `${PREFIX}v/1/`, { headers: { cookie, ...headers } })).status;
    expect(await status()).toBe(200);
    clock.advance(61_000);
    expect([await status(), await status(PAGE)]).toEqual([503, 503]);
    runner.service.away = null;
    expect(await status()).toBe(200);
  });

  it('renew says whether the session stands', async () => {
    const { cookie } = await runner.signIn();
    const renew = async (headers: Record<string, string>): Promise<number> =>
      (await call(runner.port, `${PREFIX}_dashboards/renew`, { headers })).status;
    expect([await renew({ cookie }), await renew({})]).toEqual([204, 401]);
  });

  it('a session of this dashboard is refused by another', async () => {
    const { cookie } = await runner.signIn();
    const other = await RunnerFixture.start();
    await other.serve(1, (_request, response) => response.end('secret'));
    expect((await call(other.port, `${PREFIX}v/1/`, { headers: { cookie } })).status).toBe(401);
    await other.stop();
  });
});

describe('an isolated origin', () => {
  let runner: RunnerFixture;

  beforeAll(async () => {
    runner = await RunnerFixture.start({
      dashboardsOrigin: 'https://dash.example.org',
      publicServiceUrl: 'https://hub.example.org/services/dashboards/'
    });
  });
  afterAll(() => runner.stop());

  it('other hosts are sent there, sub-requests are refused with 421', async () => {
    const page = await call(runner.port, `${PREFIX}x?y=1`, { headers: { ...PAGE, host: 'hub.example.org' } });
    expect(page.headers.location).toBe(`https://dash.example.org${PREFIX}x?y=1`);
    expect((await call(runner.port, `${PREFIX}api`, { headers: { host: 'hub.example.org' } })).status).toBe(421);
  });

  it('uses secure cookies under https, whatever the connection to the proxy is', async () => {
    const reply = await call(runner.port, PREFIX, { headers: { ...PAGE, host: 'dash.example.org' } });
    expect(reply.headers.location).toMatch(/^https:\/\/hub\.example\.org\/services\/dashboards\/ticket\?/);
    expect(reply.headers['set-cookie']?.[0]).toMatch(/^__Secure-dash-flow-.*; Secure$/);
    const asked = new URL(reply.headers.location ?? '').searchParams;
    const session = await call(
      runner.port,
      `${SESSION}?${new URLSearchParams({
        ticket: runner.service.sign(runner.claims(asked.get('flow') ?? '')),
        flowId: asked.get('flowId') ?? '',
        next: ''
      })}`,
      { headers: { ...PAGE, host: 'dash.example.org', cookie: cookieOf(reply) } }
    );
    expect(session.headers['set-cookie']?.[2]).toMatch(/^__Secure-dash-session=.*; Secure$/);
  });
});

describe("the Hub's probe", () => {
  it('of <prefix>api is answered with less than 500', async () => {
    const runner = await RunnerFixture.start();
    const reply = await call(runner.port, `${PREFIX}api`);
    expect(reply.status).toBeLessThan(500);
    await runner.stop();
  });
});
