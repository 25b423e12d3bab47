import { createHash, createPublicKey, verify } from 'node:crypto';

import type { Audience, BuildReply, RunnerEvent, TicketClaims } from '../../contract';
import { Browser } from '../testing/browser';
import { addUser } from '../testing/fake-hub';
import { startRunners, type FakeRunner } from '../testing/fake-runner';
import { eventually, PREFIX, PUBLISH, startTestService, type TestService } from '../testing/test-service';

let test: TestService;
let alice: string;
let runner: FakeRunner;
let id: string;

beforeEach(async () => {
  test = await startTestService();
  alice = addUser(test.hub, 'alice');
  addUser(test.hub, 'bob', { groups: ['staff'] });
  addUser(test.hub, 'carol');
  test.hub.groups.add('staff');
  const runners = startRunners(test);
  const audience: Audience = { kind: 'people', users: [], groups: ['staff'] };
  const { body } = await test.call<BuildReply>(alice, 'POST', 'api/v1/dashboards', { ...PUBLISH, audience });
  id = body.dashboard.id;
  runner = await eventually(() => runners[0]);
  await runner.build();
  await eventually(async () => (await test.service.context.dashboards.get(id))?.runner?.ready);
});
afterEach(() => test.stop());

const FLOW = createHash('sha256').update('nonce').digest('base64url');
const ticketPath = (changes: Record<string, string> = {}) =>
  `ticket?${new URLSearchParams({ dashboard: id, start: runner.startId, flow: FLOW, flowId: 'a1', next: 'v/1/', ...changes })}`;

async function bobSignedIn(): Promise<Browser> {
  const bob = new Browser(test);
  await bob.signIn('bob');
  return bob;
}

async function session(browser: Browser): Promise<string> {
  const { location } = await browser.open(ticketPath());
  const ticket = new URL(location ?? '', test.origin).searchParams.get('ticket') ?? '';
  return (JSON.parse(Buffer.from(ticket.split('.')[0] ?? '', 'base64url').toString()) as TicketClaims).id;
}

const endedAt = (events: readonly RunnerEvent[]) =>
  events.flatMap(event => (event.kind === 'ended' ? event.sessions : []));

describe('signing in', () => {
  it('goes to the Hub once and comes back to the very address, with a cookie for this service alone', async () => {
    const bob = new Browser(test);
    const sent = await bob.open('d/sales?next=v%2F1%2F');
    expect(sent.status).toBe(302);
    const authorize = new URL(sent.location ?? '', test.origin);
    expect(authorize.pathname).toBe('/hub/api/oauth2/authorize');
    expect(Object.fromEntries(authorize.searchParams)).toMatchObject({
      client_id: 'service-dashboards',
      redirect_uri: `${PREFIX}oauth_callback`,
      response_type: 'code'
    });
    const back = await bob.open(`oauth_callback?code=bob-code&state=${authorize.searchParams.get('state')}`);
    expect([back.status, back.location]).toEqual([302, `${PREFIX}d/sales?next=v%2F1%2F`]);
    expect(back.cookies[0]).toMatch(
      /^dashboards-viewer=[\w-]{43}; Path=\/services\/dashboards\/; Max-Age=2592000; HttpOnly; SameSite=Lax$/
    );
    expect((await bob.open('d/sales')).location).toMatch(/^\/user\/alice\/dash-sales-/);
  });

  it('takes along what fits into a cookie, and leads to the beginning of the dashboard where the rest is longer', async () => {
    const fits = `v/1/page?q=${'x'.repeat(2_400)}`;
    const long = 'x'.repeat(3_300);
    const encoded = '%C3%BC'.repeat(600);
    const at = `at/alice/${(await test.service.context.dashboards.get(id))?.dashboard.serverName}/`;
    const asked = (next: string) => ticketPath({ next });
    for (const [path, expected] of [
      [`d/sales?${new URLSearchParams({ next: fits })}`, `d/sales?${new URLSearchParams({ next: fits })}`],
      [asked(fits), asked(fits)],
      [`d/sales?next=${long}`, 'd/sales'],
      [`d/sales?next=${encoded}`, 'd/sales'],
      [asked(long), ticketPath().replace('&next=v%2F1%2F', '')],
      [asked('x'.repeat(5_000)), ticketPath().replace('&next=v%2F1%2F', '')],
      [`${at}v/1/${long}?a=b`, at],
      [`${at}${'x'.repeat(5_000)}`, at],
      [`?search=${long}`, '']
    ] as const) {
      const bob = new Browser(test);
      const { status, location } = await bob.signIn('bob', path);
      expect([path.slice(0, 30), status, location]).toEqual([path.slice(0, 30), 302, PREFIX + expected]);
      expect((await bob.open(location ?? '')).status).toBeLessThan(400);
    }
  });

  it('loses what is too long in the same way for those who are signed in', async () => {
    const bob = await bobSignedIn();
    const target = async (path: string) => new URL((await bob.open(path)).location ?? '', test.origin);
    expect((await target(ticketPath({ next: 'x'.repeat(5_000) }))).searchParams.get('next')).toBe('');
    expect((await target(`d/sales?next=${'x'.repeat(2_501)}`)).pathname).toMatch(/^\/user\/alice\/dash-sales-\w+\/$/);
    expect((await target(`d/sales?next=${'x'.repeat(2_500)}`)).pathname).toMatch(/\/x{2500}$/);
  });

  it('sets secure cookies under https', async () => {
    const reply = await new Browser(test).open('', { 'x-forwarded-proto': 'https' });
    expect(reply.cookies[0]).toMatch(/^__Secure-dashboards-state-.*; Secure$/);
  });

  it('takes no code that another browser asked for', async () => {
    const mallory = new Browser(test);
    const state = new URL((await mallory.open('')).location ?? '', test.origin).searchParams.get('state') ?? '';
    const bob = new Browser(test);
    const reply = await bob.open(`oauth_callback?code=bob-code&state=${state}`);
    expect([reply.status, bob.cookies.has('dashboards-viewer')]).toEqual([400, false]);
    bob.cookies.set(`dashboards-state-${state}`, 'invented');
    expect((await bob.open(`oauth_callback?code=bob-code&state=${state}`)).status).toBe(400);
  });

  it('shows a page, not a loop, when the Hub refuses or the code is worth nothing', async () => {
    const bob = new Browser(test);
    const state = new URL((await bob.open('')).location ?? '', test.origin).searchParams.get('state') ?? '';
    expect((await bob.open(`oauth_callback?error=access_denied&state=${state}`)).status).toBe(400);
    expect((await bob.open(`oauth_callback?code=wrong&state=${state}`)).status).toBe(400);
  });

  it("keeps the viewer's Hub token encrypted", async () => {
    await bobSignedIn();
    const { readFileSync } = await import('node:fs');
    const bytes = readFileSync(test.config.database, 'latin1') + readFileSync(`${test.config.database}-wal`, 'latin1');
    expect(bytes).toContain('bob');
    expect(bytes).not.toContain('bob-viewer-token');
  });
});

describe('a dashboard that one may not see', () => {
  it('gets the same page as one that does not exist, by any way', async () => {
    const carol = new Browser(test);
    await carol.signIn('carol');
    const server = runner.specification.serverName;
    const pages = await Promise.all(
      [
        'd/sales',
        'd/nothing',
        `at/alice/${server}/v/1/`,
        'at/alice/dash-nothing/',
        ticketPath(),
        ticketPath({ dashboard: 'x' })
      ].map(path => carol.open(path))
    );
    expect(new Set(pages.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
    expect(pages[0]?.status).toBe(404);
    expect((await carol.open('d/sales/state')).status).toBe(404);
    expect((await new Browser(test).open('d/sales/state')).status).toBe(404);
  });
});

describe('a ticket', () => {
  it('is signed, and bound to dashboard, start, flow and viewer', async () => {
    const bob = await bobSignedIn();
    const { status, location } = await bob.open(ticketPath({ next: 'v/1/page?a=1' }));
    expect(status).toBe(302);
    const target = new URL(location ?? '', 'https://hub.example');
    expect(target.pathname).toBe(`/user/alice/${runner.specification.serverName}/_dashboards/session`);
    expect([target.searchParams.get('flowId'), target.searchParams.get('next')]).toEqual(['a1', 'v/1/page?a=1']);
    const [content = '', signature = ''] = (target.searchParams.get('ticket') ?? '').split('.');
    const key = createPublicKey({
      key: { kty: 'OKP', crv: 'Ed25519', x: runner.specification.ticketKey },
      format: 'jwk'
    });
    expect(verify(null, Buffer.from(content), key, Buffer.from(signature, 'base64url'))).toBe(true);
    const claims = JSON.parse(Buffer.from(content, 'base64url').toString()) as TicketClaims;
    expect(claims).toMatchObject({
      v: 1,
      dashboardId: id,
      startId: runner.startId,
      flow: FLOW,
      viewer: { name: 'bob', groups: ['staff'], owner: false }
    });
    expect(claims.expiresAt - claims.issuedAt).toBe(30_000);
  });

  it('is not given for an earlier start: the stable link leads on', async () => {
    const bob = await bobSignedIn();
    const { status, location } = await bob.open(ticketPath({ start: 'earlier', next: 'v/1/x' }));
    expect([status, location]).toEqual([302, `${PREFIX}d/sales?next=v%2F1%2Fx&wait=1`]);
  });

  it.each(['//evil.example', 'https://evil.example', '\\\\evil.example', '../../hub/logout', '%2e%2e/'])(
    'leads nowhere else with next=%s',
    async next => {
      const bob = await bobSignedIn();
      for (const path of [ticketPath({ next }), `d/sales?${new URLSearchParams({ next })}`]) {
        const { location } = await bob.open(path);
        const target = new URL(location ?? '', 'https://hub.example');
        expect(target.origin).toBe('https://hub.example');
        expect(target.pathname.startsWith(`/user/alice/${runner.specification.serverName}/`)).toBe(true);
        expect(target.searchParams.get('next') ?? '').not.toMatch(/^[/\\]|\.\.|:/);
      }
    }
  );
});

describe('a session at a runner', () => {
  it('stands while nothing changes, and counts its viewer', async () => {
    const mine = await session(await bobSignedIn());
    expect((await runner.heartbeat([mine])).body).toEqual({ ended: [] });
    expect((await test.service.context.dashboards.get(id))?.runner?.viewers).toBe(1);
  });

  it('ends if it is unknown or of another dashboard', async () => {
    expect((await runner.heartbeat(['invented'])).body).toEqual({ ended: ['invented'] });
  });

  it.each([
    ['PATCH', ''],
    ['POST', '/versions']
  ])('ends at once when %s narrows the audience, and the runner is told without asking', async (method, path) => {
    const mine = await session(await bobSignedIn());
    await test.call(alice, method, `api/v1/dashboards/${id}${path}`, { audience: { kind: 'owner' } });
    await eventually(() => endedAt(runner.events).includes(mine));
    expect((await runner.heartbeat([mine])).body).toEqual({ ended: [mine] });
  });

  it('ends when its viewer leaves the group, at the latest 5 s later', async () => {
    const mine = await session(await bobSignedIn());
    test.hub.users.set('bob', { admin: false, groups: [], servers: new Map() });
    test.advance(4_500);
    expect((await runner.heartbeat([mine])).body).toEqual({ ended: [mine] });
  });

  it('ends when its viewer has signed out at the Hub', async () => {
    const mine = await session(await bobSignedIn());
    test.hub.tokens.delete('bob-viewer-token');
    test.advance(4_500);
    expect((await runner.heartbeat([mine])).body).toEqual({ ended: [mine] });
  });

  it('goes on while the Hub is away', async () => {
    const mine = await session(await bobSignedIn());
    await runner.heartbeat([mine]);
    test.advance(4_500);
    test.hub.broken = 503;
    expect((await runner.heartbeat([mine])).body).toEqual({ ended: [] });
  });

  it('ends when its viewer signs out here', async () => {
    const bob = await bobSignedIn();
    const mine = await session(bob);
    const xsrf = await bob.field('logout', 'xsrf');
    const { status, location } = await bob.submit('logout', { xsrf });
    expect([status, location]).toEqual([303, '/hub/logout']);
    await eventually(() => endedAt(runner.events).includes(mine));
    expect((await bob.open('d/sales')).location).toContain('/hub/api/oauth2/authorize');
  });

  it('asks the Hub once for any number of sessions of one viewer', async () => {
    const bob = await bobSignedIn();
    const sessions = [await session(bob), await session(bob), await session(bob)];
    test.advance(4_500);
    await runner.heartbeat([]);
    const before = test.hub.requests.length;
    await runner.heartbeat(sessions);
    expect(test.hub.requests.length - before).toBe(1);
  });
});

describe('the sign-in here', () => {
  it("is looked at anew when the Hub's own session has changed", async () => {
    const bob = await bobSignedIn();
    expect((await bob.open('')).status).toBe(200);
    test.hub.tokens.delete('bob-viewer-token');
    // Within the seconds that an answer of the Hub is believed:
    expect((await bob.open('')).status).toBe(200);
    bob.cookies.set('jupyterhub-session-id', 'second');
    expect((await bob.open('')).location).toContain('/hub/api/oauth2/authorize');
  });

  it('is not ended by a link, nor by a form of another page', async () => {
    const bob = await bobSignedIn();
    const xsrf = await bob.field('logout', 'xsrf');
    for (const site of ['cross-site', 'same-site', 'same-origin', 'none']) {
      const link = { 'sec-fetch-site': site, 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' };
      expect((await bob.open('logout', link)).status).toBe(200);
    }
    const foreign = [
      await bob.submit('logout', { xsrf: 'x' }),
      await bob.submit('logout', { xsrf }, { 'sec-fetch-site': 'cross-site' }),
      await bob.submit('logout', { xsrf }, { 'sec-fetch-site': 'same-site' }),
      await bob.submit('logout', { xsrf }, { origin: 'https://evil.example' })
    ];
    expect(foreign.map(({ status }) => status)).toEqual([403, 403, 403, 403]);
    expect((await bob.open('')).status).toBe(200);
  });
});
