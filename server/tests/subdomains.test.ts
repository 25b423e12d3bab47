import { eventually } from '../service/testing/test-service';
import { Author, page } from './author';
import { startTestHub, type TestHub } from './hub';
import { hasRow, leftovers, NOTHING } from './leftovers';
import { ask } from './request';
import { Visitor } from './visitor';

/** Owners, and the hosts that the Hub gives them. */
const OWNERS = [
  { name: 'alice', host: /^alice\.hub\.example\.localhost$/ },
  { name: 'jürgen.müller@example.org', host: /^u-[a-z-]+--[0-9a-f]+\.hub\.example\.localhost$/ }
];

let hub: TestHub;

beforeAll(async () => {
  hub = await startTestHub({ users: [...OWNERS.map(({ name }) => name), 'bob', 'carol'], subdomains: true });
});
afterAll(() => hub?.stop());

describe.each(OWNERS)('on a hub with a domain for each user, $name', ({ name, host }) => {
  it("publishes, is seen on a host of the owner's, sleeps, wakes and goes", async () => {
    const owner = await Author.of(hub, name);
    owner.write('app/app.py', page('below a domain'));
    const audience = { kind: 'people', users: ['bob'], groups: [] };
    const dashboard = await owner.live(owner.request('Domain', 'app', 'app.py', { audience }));
    expect(dashboard.link.startsWith(`${hub.serviceUrl}d/domain`)).toBe(true);

    const bob = await Author.of(hub, 'bob');
    const seen = new URL((await bob.sees(dashboard.link, 'below a domain')).url);
    expect(seen.hostname).toMatch(host);
    const sessions = bob.visitor.cookies().filter(cookie => cookie.name === 'dash-session');
    expect(sessions.map(cookie => cookie.host)).toContain(seen.hostname);
    expect((await new Visitor().openAs('carol', dashboard.link)).status).toBe(404);

    const [server = ''] = await owner.servers();
    await hub.api('DELETE', `users/${encodeURIComponent(name)}/servers/${server}`);
    await eventually(async () => (await owner.dashboard(dashboard.id)).state === 'asleep', 30_000);
    const { url } = await bob.sees(dashboard.link, 'below a domain');
    expect(url).toBe(seen.href);

    const narrowed = await owner.call('PATCH', `dashboards/${dashboard.id}`, { audience: { kind: 'owner' } });
    expect(narrowed.status).toBe(200);
    await eventually(async () => (await bob.open(seen.href)).status !== 200, 20_000);

    expect((await owner.call('DELETE', `dashboards/${dashboard.id}`)).status).toBe(204);
    await eventually(() => !hasRow(hub, dashboard.id), 30_000);
    expect(leftovers(owner.home, dashboard.id)).toEqual(NOTHING);
  });
});

it("Lab may call the service from its user's host, and other origins may not", async () => {
  const { host } = new URL(hub.url);
  const preflight = (origin: string) =>
    ask(`${hub.serviceUrl}api/v1/dashboards`, {
      method: 'OPTIONS',
      headers: {
        origin,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization,content-type'
      }
    });
  const allowed = await preflight(`http://alice.${host}`);
  expect(allowed.headers['access-control-allow-origin']).toBe(`http://alice.${host}`);
  expect(allowed.headers['access-control-allow-credentials']).toBeUndefined();
  for (const origin of ['http://evil.example', `http://alice.evil-${host}`, 'null']) {
    expect((await preflight(origin)).headers['access-control-allow-origin']).toBeUndefined();
  }
});
