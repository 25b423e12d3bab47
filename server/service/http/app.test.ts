import { get, type IncomingMessage } from 'node:http';

import type { BuildReply, DashboardList, DashboardReply, ErrorReply, Whoami } from '../../contract';
import type { Config } from '../config';
import { addUser } from '../testing/fake-hub';
import { PREFIX, PUBLISH, startTestService, type TestService } from '../testing/test-service';
import { isUserOrigin } from './cors';

let test: TestService;
let alice: string;
let bob: string;
let root: string;

async function begin(config = {}) {
  test = await startTestService(config);
  alice = addUser(test.hub, 'alice');
  bob = addUser(test.hub, 'bob');
  root = addUser(test.hub, 'root', { admin: true });
}
afterEach(() => test.stop());

const publish = (token: string, changes: object = {}) =>
  test.call<BuildReply & ErrorReply>(token, 'POST', 'api/v1/dashboards', { ...PUBLISH, ...changes });

describe('every route of the API', () => {
  it('asks for a token, except health and the document', async () => {
    await begin();
    const { body } = await test.call<{ paths: Record<string, Record<string, object>> }>(
      null,
      'GET',
      'api/v1/openapi.json'
    );
    const routes = Object.entries(body.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map(method => [method, path])
    );
    expect(routes.length).toBeGreaterThanOrEqual(15);
    for (const [method = '', path = ''] of routes) {
      const reply = await test.call<ErrorReply>(
        null,
        method.toUpperCase(),
        path.slice(PREFIX.length).replace('{id}', 'x')
      );
      expect([path, reply.status, reply.body.error?.code]).toEqual(
        path.endsWith('/health') ? [path, 200, undefined] : [path, 401, 'not_signed_in']
      );
    }
    expect((await test.call(null, 'GET', 'api/v1/health')).body).toMatchObject({ ok: true, hub: true });
  });

  it('refuses the token of a foreign server, before it looks at anything', async () => {
    await begin();
    test.hub.tokens.set('t', {
      name: 'alice',
      scopes: ['access:services!service=dashboards', 'access:servers!server=bob/']
    });
    for (const [method, path] of [
      ['GET', 'whoami'],
      ['POST', 'dashboards'],
      ['GET', 'events'],
      ['DELETE', 'dashboards/x']
    ] as const) {
      const { status, body } = await test.call<ErrorReply>('t', method, `api/v1/${path}`);
      expect([status, body.error.code]).toEqual([403, 'foreign_server']);
    }
  });

  it('asks the Hub about a token every few seconds only, and forgets it then', async () => {
    await begin();
    await Promise.all(Array.from({ length: 20 }, () => test.call(alice, 'GET', 'api/v1/whoami')));
    expect(test.hub.requests.filter(request => request === 'GET user')).toHaveLength(1);
    test.hub.tokens.delete(alice);
    test.advance(5_000);
    expect((await test.call(alice, 'GET', 'api/v1/whoami')).status).toBe(401);
  });

  it('answers 503 with advice while the Hub is away', async () => {
    await begin();
    test.hub.broken = 502;
    test.advance(3_000);
    const { status, body, headers } = await test.call<ErrorReply>(alice, 'GET', 'api/v1/whoami');
    expect([status, body.error.code, headers.get('retry-after')]).toEqual([503, 'hub_unavailable', '10']);
    expect((await test.call(null, 'GET', 'api/v1/health')).body).toMatchObject({ ok: true, hub: false });
  });
});

describe('errors', () => {
  it('are JSON of one shape for unknown routes, wrong bodies and bodies that are too large', async () => {
    await begin();
    const replies = [
      await test.call<ErrorReply>(alice, 'GET', 'api/v1/nothing'),
      await test.call<ErrorReply>(alice, 'PUT', 'api/v1/dashboards'),
      await publish(alice, { name: 'x'.repeat(10_000) }),
      await publish(alice, { image: 'evil' }),
      await publish(alice, { name: 5 }),
      await publish(alice, { framework: 'flash' }),
      await publish(alice, { description: 'x'.repeat(300_000) }),
      await test.call<ErrorReply>(alice, 'GET', 'api/v1/dashboards/nothing')
    ];
    expect(replies.map(({ status, body }) => [status, body.error.code])).toEqual([
      [404, 'not_found'],
      [404, 'not_found'],
      [400, 'invalid_request'],
      [400, 'invalid_request'],
      [400, 'invalid_request'],
      [400, 'framework_unknown'],
      [413, 'invalid_request'],
      [404, 'not_found']
    ]);
    expect(replies[3]?.body.error.message).toContain('unknown field "image"');
  });

  it.each([
    ['close', 'close'],
    ['keep-alive', undefined]
  ])('say what becomes of the connection of a client that wrote %s', async (connection, expected) => {
    await begin();
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      const url = `${test.origin}${PREFIX}api/v1/dashboards/nothing`;
      get(url, { agent: false, headers: { authorization: `token ${alice}`, connection } }, resolve).on('error', reject);
    });
    answer.destroy();
    expect([answer.statusCode, answer.headers.connection]).toEqual([404, expected]);
  });

  it('keep the reasons of 5xx inside', async () => {
    await begin();
    test.service.context.dashboards.page = async () => {
      throw new Error('secret path /srv/db');
    };
    const { status, text } = await test.call(alice, 'GET', 'api/v1/dashboards');
    expect([status, text.includes('secret')]).toEqual([500, false]);
    expect(test.log()).toContain('secret path /srv/db');
  });

  it('and requests are logged without tokens, cookies and queries', async () => {
    await begin();
    await test.call(alice, 'GET', 'ticket?ticket=very-secret&code=very-secret');
    await test.call('a-token-of-somebody', 'GET', 'api/v1/whoami?token=very-secret');
    expect(test.log()).toContain('"path":"/services/dashboards/ticket"');
    expect(test.log()).not.toMatch(/very-secret|a-token-of-somebody|alice-token|hook-key/);
  });
});

describe('dashboards', () => {
  it('are seen by those who may, and by nobody else', async () => {
    await begin();
    const { id } = (await publish(alice)).body.dashboard;
    const open = { name: 'Open', framework: 'streamlit', audience: { kind: 'everyone' } };
    const shared = (await publish(alice, open)).body.dashboard;
    expect(shared).toMatchObject({ mine: true, chosenFramework: 'streamlit' });
    expect((await test.call(bob, 'GET', `api/v1/dashboards/${id}`)).status).toBe(404);
    const seen = (await test.call<DashboardReply>(bob, 'GET', `api/v1/dashboards/${shared.id}`)).body.dashboard;
    expect(seen).toMatchObject({ mine: false, source: null, chosenFramework: null, build: null });
    const names = async (token: string, filter: string) =>
      (await test.call<DashboardList>(token, 'GET', `api/v1/dashboards${filter}`)).body.dashboards.map(
        ({ name }) => name
      );
    expect(await names(bob, '')).toEqual(['Open']);
    expect(await names(alice, '?filter=mine')).toEqual(['Open', 'Sales']);
    expect(await names(alice, '?filter=shared')).toEqual([]);
    expect((await test.call(bob, 'GET', 'api/v1/dashboards?filter=all')).status).toBe(403);
    expect(await names(root, '?filter=all')).toEqual(['Open', 'Sales']);
  });

  it('are changed by their owner, started and stopped by administrators too, and by nobody else', async () => {
    await begin();
    const { id } = (await publish(alice, { audience: { kind: 'everyone' } })).body.dashboard;
    const attempts = (token: string) =>
      Promise.all(
        [
          test.call(token, 'PATCH', `api/v1/dashboards/${id}`, { name: 'Mine now' }),
          test.call(token, 'POST', `api/v1/dashboards/${id}/versions`, {}),
          test.call(token, 'POST', `api/v1/dashboards/${id}/live`, { version: 1 }),
          test.call(token, 'GET', `api/v1/dashboards/${id}/versions`)
        ].map(async reply => (await reply).status)
      );
    expect(await attempts(bob)).toEqual([403, 403, 403, 403]);
    expect(await attempts(root)).toEqual([403, 403, 403, 403]);
    expect((await test.call(bob, 'POST', `api/v1/dashboards/${id}/stop`)).status).toBe(403);
    expect((await test.call(bob, 'DELETE', `api/v1/dashboards/${id}`)).status).toBe(403);
    expect((await test.call<DashboardReply>(root, 'POST', `api/v1/dashboards/${id}/stop`)).body.dashboard.desired).toBe(
      'off'
    );
  });

  it('keep their link when they are renamed, and no two of one owner have one name', async () => {
    await begin();
    const { id } = (await publish(alice)).body.dashboard;
    await publish(alice, { name: 'Other' });
    const patch = (body: object) =>
      test.call<DashboardReply & ErrorReply>(alice, 'PATCH', `api/v1/dashboards/${id}`, body);
    expect((await patch({ name: 'Revenue', description: 'of the year' })).body.dashboard).toMatchObject({
      name: 'Revenue',
      slug: 'sales'
    });
    expect((await patch({ name: 'other' })).body.error.code).toBe('name_taken');
    expect((await patch({ name: 'REVENUE' })).body.dashboard.name).toBe('REVENUE');
    expect((await patch({})).status).toBe(400);
  });

  it('in Japanese have a link', async () => {
    await begin();
    const { body } = await publish(alice, { name: '売上' });
    expect(body.dashboard).toMatchObject({ name: '売上', slug: 'maishang' });
  });

  it('have one slug each, however many are published at once', async () => {
    await begin();
    const users = Array.from({ length: 8 }, (_, index) => addUser(test.hub, `user${index}`));
    const replies = await Promise.all(users.map(token => publish(token)));
    expect(new Set(replies.map(({ body }) => body.dashboard.slug)).size).toBe(8);
    const twice = await Promise.all([publish(alice, { name: 'Twice' }), publish(alice, { name: 'Twice' })]);
    expect(twice.map(({ status }) => status).sort()).toEqual([201, 409]);
  });
});

describe('sharing', () => {
  it('is off without isolation, with the lines to paste', async () => {
    await begin({ trustAllAuthors: false });
    const { status, body } = await publish(alice, { audience: { kind: 'everyone' } });
    expect([status, body.error.code]).toEqual([403, 'sharing_needs_isolation']);
    expect(body.error.fix).toContain('configure(c, dashboards_origin="https://');
    expect(body.error.fix).toContain('trust_all_authors=True');
    const whoami = (await test.call<Whoami>(alice, 'GET', 'api/v1/whoami')).body;
    expect(whoami).toMatchObject({ audiences: ['owner'], sharingOff: { code: 'sharing_needs_isolation' } });
    expect((await publish(alice, { audience: { kind: 'owner' } })).status).toBe(201);
    const { id } = (await publish(alice, { name: 'Other' })).body.dashboard;
    const patched = await test.call<ErrorReply>(alice, 'PATCH', `api/v1/dashboards/${id}`, {
      audience: { kind: 'everyone' }
    });
    expect(patched.body.error.code).toBe('sharing_needs_isolation');
  });

  it.each([{ dashboardsOrigin: 'https://dash.example.org' }, { subdomainHost: 'https://hub.example.org' }])(
    'is on with %j',
    async config => {
      await begin({ trustAllAuthors: false, ...config });
      expect((await publish(alice, { audience: { kind: 'everyone' } })).status).toBe(201);
    }
  );

  it('offers what the administrator allows', async () => {
    await begin({ audiences: ['owner', 'people'] });
    const { status, body } = await publish(alice, { audience: { kind: 'everyone' } });
    expect([status, body.error.code]).toEqual([403, 'audience_forbidden']);
  });

  it('is with whom the administrator says where a publish does not say it, and Lab is told so', async () => {
    await begin({ defaultAudience: 'everyone' });
    expect((await test.call<Whoami>(alice, 'GET', 'api/v1/whoami')).body.defaultAudience).toBe('everyone');
    expect((await publish(alice)).body.dashboard.audience).toEqual({ kind: 'everyone' });
    const own = await publish(alice, { name: 'Other', audience: { kind: 'owner' } });
    expect(own.body.dashboard.audience).toEqual({ kind: 'owner' });
  });

  it.each<Partial<Config>>([{ trustAllAuthors: false }, { audiences: ['owner', 'people'] }])(
    'is with nobody by default where the hub does not offer it now: %j',
    async config => {
      await begin({ defaultAudience: 'everyone', ...config });
      expect((await test.call<Whoami>(alice, 'GET', 'api/v1/whoami')).body.defaultAudience).toBe('owner');
      expect((await publish(alice)).body.dashboard.audience).toEqual({ kind: 'owner' });
    }
  );

  it('names the people that the Hub does not know', async () => {
    await begin();
    test.hub.groups.add('staff');
    const audience = { kind: 'people', users: ['bob', 'bbo'], groups: ['staff', 'stuff'] };
    const { status, body } = await publish(alice, { audience });
    expect([status, body.error.code, body.error.message]).toEqual([
      400,
      'audience_unknown',
      'This hub does not know: user bbo, group stuff.'
    ]);
  });
});

describe('other origins', () => {
  it("may not call, unless they are a user's own subdomain", async () => {
    await begin({ subdomainHost: 'https://hub.example.org:8443' });
    const preflight = (origin: string) =>
      fetch(`${test.origin}${PREFIX}api/v1/dashboards`, {
        method: 'OPTIONS',
        headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'authorization' }
      });
    const allowed = await preflight('https://alice.hub.example.org:8443');
    expect([allowed.status, allowed.headers.get('access-control-allow-origin')]).toEqual([
      204,
      'https://alice.hub.example.org:8443'
    ]);
    expect(allowed.headers.get('access-control-allow-headers')).toContain('authorization');
    expect(allowed.headers.get('access-control-allow-credentials')).toBeNull();
    for (const origin of [
      'https://evil.example',
      'http://alice.hub.example.org:8443',
      'https://hub.example.org:8443',
      'null'
    ]) {
      expect((await preflight(origin)).headers.get('access-control-allow-origin')).toBeNull();
    }
  });

  it('may never call without a domain per user', async () => {
    await begin();
    const reply = await fetch(`${test.origin}${PREFIX}api/v1/whoami`, {
      headers: { origin: 'https://alice.hub.example.org' }
    });
    expect(reply.headers.get('access-control-allow-origin')).toBeNull();
  });

  it.each([
    ['https://alice.hub.example.org', true],
    ['https://services.hub.example.org', false],
    ['https://a.b.hub.example.org', false],
    ['https://alice.hub.example.org.evil.example', false],
    ['https://evilhub.example.org', false],
    ['https://.hub.example.org', false],
    ['https://alice.hub.example.org@evil.example', false]
  ])('%s: %s', async (origin, expected) => {
    await begin();
    expect(isUserOrigin(origin, 'https://hub.example.org')).toBe(expected);
  });
});
