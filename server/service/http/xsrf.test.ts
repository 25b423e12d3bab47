import { XSRF, type BuildReply, type DashboardEvent, type DashboardReply, type ErrorReply } from '../../contract';
import { Browser, type PageReply } from '../testing/browser';
import { EventReader } from '../testing/events';
import { addUser } from '../testing/fake-hub';
import { startRunners, type FakeRunner } from '../testing/fake-runner';
import { eventually, PREFIX, PUBLISH, startTestService, type TestService } from '../testing/test-service';

const ISOLATED = { dashboardsOrigin: 'http://dash.example.org', trustAllAuthors: false };
const OWN = { 'sec-fetch-site': 'same-origin' };

let test: TestService;
let token: string;
let runners: FakeRunner[];
let alice: Browser;
let xsrf: string;
let id: string;

async function begin(config = {}) {
  test = await startTestService({ ...ISOLATED, ...config });
  token = addUser(test.hub, 'alice');
  addUser(test.hub, 'bob');
  addUser(test.hub, 'root', { admin: true });
  runners = startRunners(test);
  id = await publish('Sales');
  alice = await signIn('alice');
  xsrf = (await alice.xsrf()) ?? '';
}
afterEach(() => test.stop());

async function publish(name: string): Promise<string> {
  const body = { ...PUBLISH, name, audience: { kind: 'everyone' } };
  const reply = await test.call<BuildReply & ErrorReply>(token, 'POST', 'api/v1/dashboards', body);
  if (reply.status === 403) {
    const own = await test.call<BuildReply>(token, 'POST', 'api/v1/dashboards', { ...PUBLISH, name });
    return own.body.dashboard.id;
  }
  const runner = await eventually(() => runners.find(({ specification }) => specification.dashboard.name === name));
  await runner.build();
  await eventually(async () => (await state()) === 'running');
  return reply.body.dashboard.id;

  async function state() {
    const path = `api/v1/dashboards/${reply.body.dashboard.id}`;
    return (await test.call<DashboardReply>(token, 'GET', path)).body.dashboard.state;
  }
}

async function signIn(name: string): Promise<Browser> {
  const browser = new Browser(test);
  await browser.signIn(name);
  return browser;
}

const api = (path: string) => `api/v1/${path}`;
const outcome = ({ status, text }: PageReply): [number, string | undefined] => [
  status,
  text.startsWith('{') ? (JSON.parse(text) as Partial<ErrorReply>).error?.code : undefined
];

describe("the service's own pages call the API by cookie", () => {
  it('with the rights of whoever looks', async () => {
    await begin();
    expect(JSON.parse((await alice.send('GET', api('whoami'), OWN)).text)).toMatchObject({ name: 'alice' });
    const headers = { ...OWN, [XSRF.header]: xsrf };
    const stopped = await alice.send('POST', api(`dashboards/${id}/stop`), headers);
    expect((JSON.parse(stopped.text) as DashboardReply).dashboard.state).toBe('off');
    expect(stopped.headers.get('cache-control')).toBe('no-store');
    const renamed = await alice.send(
      'PATCH',
      api(`dashboards/${id}`),
      { ...headers, 'content-type': 'application/json' },
      '{"name":"Turnover"}'
    );
    expect((JSON.parse(renamed.text) as DashboardReply).dashboard.name).toBe('Turnover');

    const bob = await signIn('bob');
    const others = { ...OWN, [XSRF.header]: (await bob.xsrf()) ?? '' };
    expect(outcome(await bob.send('POST', api(`dashboards/${id}/start`), others))).toEqual([403, 'not_allowed']);
    expect(outcome(await bob.send('GET', api('dashboards?filter=all'), OWN))).toEqual([403, 'not_allowed']);
    const root = await signIn('root');
    expect((await root.send('GET', api('dashboards?filter=all'), OWN)).status).toBe(200);

    expect((await alice.send('DELETE', api(`dashboards/${id}`), headers)).status).toBe(204);
    expect((await alice.send('GET', api(`dashboards/${id}`), OWN)).status).toBe(404);
  });

  it('and for an administrator start, stop and delete what is of others', async () => {
    await begin();
    const root = await signIn('root');
    const headers = { ...OWN, [XSRF.header]: (await root.xsrf()) ?? '' };
    const json = { ...headers, 'content-type': 'application/json' };
    const renamed = await root.send('PATCH', api(`dashboards/${id}`), json, '{"name":"Taken"}');
    expect(outcome(renamed)).toEqual([403, 'not_allowed']);
    expect((await root.send('POST', api(`dashboards/${id}/stop`), headers)).status).toBe(200);
    expect((await root.send('POST', api(`dashboards/${id}/start`), headers)).status).toBe(200);
    expect((await root.send('DELETE', api(`dashboards/${id}`), headers)).status).toBe(204);
    expect((await alice.send('GET', api(`dashboards/${id}`), OWN)).status).toBe(404);
  });

  it('and never publish, roll back or share: that wants a token', async () => {
    await begin();
    const headers = { ...OWN, [XSRF.header]: xsrf, 'content-type': 'application/json' };
    const replies = [
      await alice.send('POST', api('dashboards'), headers, JSON.stringify(PUBLISH)),
      await alice.send('POST', api(`dashboards/${id}/versions`), headers, '{}'),
      await alice.send('POST', api(`dashboards/${id}/live`), headers, '{"version":1}'),
      await alice.send('PATCH', api(`dashboards/${id}`), headers, '{"audience":{"kind":"everyone"}}'),
      await alice.send('PATCH', api(`dashboards/${id}`), headers, '{"name":"x","audience":{"kind":"owner"}}')
    ];
    expect(replies.map(outcome)).toEqual(replies.map(() => [403, 'not_allowed']));
  });

  it('and follow events until they sign out', async () => {
    await begin();
    const events = await EventReader.open<DashboardEvent>(`${test.origin}${PREFIX}api/v1/events`, {
      cookie: alice.cookieHeader,
      ...OWN
    });
    await eventually(() => events.events.some(({ kind }) => kind === 'ready'));
    await test.call(token, 'POST', api(`dashboards/${id}/stop`));
    await eventually(() => events.events.some(event => event.kind === 'dashboard' && event.dashboard.state === 'off'));
    events.close();
    for (const site of ['cross-site', 'same-site', null]) {
      const foreign = await EventReader.open(`${test.origin}${PREFIX}api/v1/events`, {
        cookie: alice.cookieHeader,
        ...(site ? { 'sec-fetch-site': site } : {})
      });
      expect(foreign.status).toBe(403);
      foreign.close();
    }
  });

  it('one proof for one request: with a token the cookie is not looked at', async () => {
    await begin();
    const reply = await alice.send('GET', api('whoami'), { ...OWN, authorization: 'token wrong' });
    expect(outcome(reply)).toEqual([401, 'not_signed_in']);
  });

  it('not signed in, or no longer: 401', async () => {
    await begin();
    expect(outcome(await new Browser(test).send('GET', api('whoami'), OWN))).toEqual([401, 'not_signed_in']);
    await alice.submit('logout', { xsrf: await alice.field('logout', 'xsrf') });
    expect(outcome(await alice.send('GET', api('whoami'), OWN))).toEqual([401, 'not_signed_in']);
  });
});

/** What other pages can make a browser send, or what arrives of it by way of a proxy. */
const FOREIGN: [name: string, headers: Record<string, string>][] = [
  [
    'fetch in mode no-cors',
    { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors', 'content-type': 'text/plain' }
  ],
  ['fetch in mode cors', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'cors', origin: 'https://evil.example' }],
  ['a form in a tab', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' }],
  ['a dashboard on a sibling host', { 'sec-fetch-site': 'same-site', origin: 'http://dash.example.org' }],
  ['a sibling host in a tab', { 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'navigate' }],
  ['no fetch metadata', {}],
  ['no fetch metadata, foreign origin', { origin: 'https://evil.example' }],
  ['no fetch metadata, origin null', { origin: 'null' }],
  ['metadata that says nothing', { 'sec-fetch-site': '' }],
  ['metadata twice', { 'sec-fetch-site': 'same-origin, cross-site' }],
  ['own metadata, foreign origin', { 'sec-fetch-site': 'same-origin', origin: 'https://evil.example' }],
  ['own metadata, origin null', { 'sec-fetch-site': 'same-origin', origin: 'null' }],
  ['the address bar', { 'sec-fetch-site': 'none', 'sec-fetch-mode': 'navigate' }]
];

describe('XSRF: every change', () => {
  const changes: [method: string, path: () => string][] = [
    ['POST', () => api(`dashboards/${id}/stop`)],
    ['POST', () => api(`dashboards/${id}/start`)],
    ['PATCH', () => api(`dashboards/${id}`)],
    ['DELETE', () => api(`dashboards/${id}`)],
    ['POST', () => api('dashboards')]
  ];

  it('of another page is refused, with the right token too', async () => {
    await begin();
    for (const [name, headers] of FOREIGN) {
      for (const [method, path] of changes) {
        for (const given of ['', xsrf]) {
          const reply = await alice.send(method, path(), { ...headers, [XSRF.header]: given });
          expect([name, method, ...outcome(reply)]).toEqual([name, method, 403, 'xsrf_failed']);
        }
      }
      const form = await alice.submit('d/sales/stop', { xsrf }, { 'sec-fetch-site': '', ...headers });
      expect([403, 415]).toContain(form.status);
    }
    expect((await test.call<DashboardReply>(token, 'GET', api(`dashboards/${id}`))).body.dashboard).toMatchObject({
      state: 'running',
      name: 'Sales'
    });
  });

  it.each(['application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'text/plain', 'application/json'])(
    'without the right token is refused, sent as %s',
    async type => {
      await begin();
      const bobs = (await (await signIn('bob')).xsrf()) ?? '';
      const signOut = await alice.field('logout', 'xsrf');
      for (const given of ['', 'x', xsrf.slice(1), `${xsrf}x`, bobs, signOut]) {
        for (const [method, path] of changes) {
          const headers = { ...OWN, 'content-type': type, [XSRF.header]: given };
          expect(outcome(await alice.send(method, path(), headers, `xsrf=${xsrf}`))).toEqual([403, 'xsrf_failed']);
        }
        expect((await alice.submit('d/sales/stop', { xsrf: given })).status).toBe(403);
      }
    }
  );

  it('by a form of ours is done', async () => {
    await begin();
    const stopped = await alice.submit('d/sales/stop', { xsrf, back: `${PREFIX}?filter=mine` });
    expect([stopped.status, stopped.location]).toEqual([303, `${PREFIX}?filter=mine`]);
    const page = await alice.open('d/sales', { 'sec-fetch-site': 'none' });
    expect(page.text).toContain('has been stopped');
    expect(page.text).toContain(`name="xsrf" value="${xsrf}"`);
    const started = await alice.submit('d/sales/start', { xsrf, back: '//evil.example' });
    expect([started.status, started.location]).toEqual([303, `${PREFIX}d/sales?wait=1`]);
  });

  it('is off where dashboards share the address: one could read the token out of a page', async () => {
    await begin({ dashboardsOrigin: null, trustAllAuthors: true });
    const gallery = await alice.open('', { 'sec-fetch-site': 'none' });
    expect(gallery.text).not.toContain(XSRF.meta);
    expect(gallery.text).not.toMatch(/<form[^>]*\/(?:start|stop)"/);
    const signOut = await alice.field('logout', 'xsrf');
    for (const given of ['', signOut]) {
      const reply = await alice.send('POST', api(`dashboards/${id}/stop`), { ...OWN, [XSRF.header]: given });
      expect(outcome(reply)).toEqual([403, 'not_allowed']);
    }
    expect(outcome(await alice.send('GET', api('whoami'), OWN))).toEqual([200, undefined]);
  });

  it('is not offered to a browser that does not say where requests come from', async () => {
    await begin();
    const { text } = await alice.open('');
    expect(text).not.toContain(XSRF.meta);
    expect(text).not.toMatch(/<script|<form[^>]*\/(?:start|stop)"/);
  });
});

describe('a visit', () => {
  it('is one when a person makes it: images, frames and scripts of other pages wake nothing', async () => {
    await begin();
    const server = runners[0]?.specification.serverName ?? '';
    test.hub.users.get('alice')?.servers.delete(server);
    test.hub.onStop('alice', server);
    await eventually(async () => {
      const { body } = await test.call<DashboardReply>(token, 'GET', api(`dashboards/${id}`));
      return body.dashboard.state === 'asleep';
    });
    const before = test.hub.starts.length;
    for (const site of ['cross-site', 'same-site']) {
      for (const [mode, destination] of [
        ['no-cors', 'image'],
        ['cors', 'empty'],
        ['navigate', 'iframe'],
        ['navigate', 'object']
      ] as const) {
        const headers = { 'sec-fetch-site': site, 'sec-fetch-mode': mode, 'sec-fetch-dest': destination };
        for (const path of ['d/sales', 'd/sales/state', `at/alice/${server}/`, '']) {
          expect([path, (await alice.open(path, headers)).status]).toEqual([path, 403]);
        }
      }
    }
    expect(test.hub.starts).toHaveLength(before);
    const link = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' };
    expect((await alice.open('d/sales', link)).text).toContain('This dashboard is starting');
    await eventually(() => test.hub.starts.length === before + 1);
  });
});

describe('reading', () => {
  it('by cookie is for our own pages, whoever is signed in', async () => {
    await begin();
    for (const browser of [alice, new Browser(test)]) {
      browser.cookies.set('dashboards-viewer', browser.cookies.get('dashboards-viewer') ?? 'x');
      for (const site of ['cross-site', 'same-site', '']) {
        const reply = await browser.send('GET', api('dashboards'), { 'sec-fetch-site': site });
        expect(outcome(reply)).toEqual([403, 'xsrf_failed']);
      }
      expect(outcome(await browser.send('GET', api('dashboards'), {}))).toEqual([403, 'xsrf_failed']);
    }
    expect((await alice.send('GET', api('dashboards'), { 'sec-fetch-site': 'none' })).status).toBe(200);
  });
});
