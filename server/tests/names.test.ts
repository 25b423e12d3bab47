import type { Dashboard } from '../contract';
import { eventually } from '../service/testing/test-service';
import { Author, page } from './author';
import { startTestHub, type TestHub } from './hub';
import { hasFolder, hasRow, leftovers, NOTHING } from './leftovers';
import { Visitor } from './visitor';

/** Names of users as Hubs have them, and how the Hub writes them in a path. */
const NAMES = [
  { name: 'anna.maria@example.org', inPath: 'anna.maria@example.org' },
  { name: 'Keeps.Capitals', inPath: 'Keeps.Capitals' },
  { name: 'keeps.capitals', inPath: 'keeps.capitals' },
  { name: 'jürgen', inPath: 'j%C3%BCrgen' },
  { name: 'two words', inPath: 'two%20words' },
  { name: "o'brien+50%_(it)!", inPath: 'o%27brien%2B50%25_%28it%29%21' },
  { name: 'x'.repeat(120), inPath: 'x'.repeat(120) }
];

jest.setTimeout(120_000);

let hub: TestHub;
const links = new Map<string, string>();

beforeAll(async () => {
  hub = await startTestHub({
    users: NAMES.map(({ name }) => name),
    admins: ['root'],
    config: `
from jupyterhub.auth import DummyAuthenticator

class NamesAsTheyAre(DummyAuthenticator):
    def normalize_username(self, username):
        return username

c.JupyterHub.authenticator_class = NamesAsTheyAre
`
  });
});
afterAll(() => hub?.stop());

describe.each(NAMES)('a user called $name', ({ name, inPath }) => {
  /** Somebody with another odd name, who alone may look. */
  const viewer = NAMES[(NAMES.findIndex(one => one.name === name) + 1) % NAMES.length]?.name ?? '';
  const text = `a page of ${name}`;
  let author: Author;
  let dashboard: Dashboard;
  let server: string;

  it('publishes, for somebody with such a name, under a link of its own', async () => {
    author = await Author.of(hub, name);
    author.write('sales/app.py', page(text));
    const audience = { kind: 'people', users: [viewer], groups: [] };
    dashboard = await author.live(author.request('Sales', 'sales', 'app.py', { audience }));
    expect(dashboard).toMatchObject({ owner: name, mine: true, audience });
    expect([...links.values()]).not.toContain(dashboard.link);
    links.set(name, dashboard.link);
    [server = ''] = await author.servers();
    expect(server).toMatch(/^dash-[a-z0-9-]+$/);
  });

  it('signs in and sees it, at an address and with a session for that server alone', async () => {
    const answer = await author.sees(dashboard.link, text);
    const prefix = `/user/${inPath}/${server}/`;
    expect(answer.url).toBe(`${hub.dashboardsOrigin}${prefix}v/1/`);
    const sessions = author.visitor.cookies().filter(cookie => cookie.name === 'dash-session');
    expect(sessions).toMatchObject([{ host: 'localhost', path: prefix }]);
  });

  it('is told apart from all others', async () => {
    const invited = await Author.of(hub, viewer);
    await invited.sees(dashboard.link, text);
    const { name: other } = NAMES.find(one => one.name !== name && one.name !== viewer) ?? { name: '' };
    expect((await new Visitor().openAs(other, dashboard.link)).status).toBe(404);
  });

  it('wakes it from the address of its sleeping server', async () => {
    await hub.api('DELETE', `users/${encodeURIComponent(name)}/servers/${server}`);
    await eventually(async () => (await author.dashboard(dashboard.id)).state === 'asleep', 30_000);
    const asleep = await author.open(`${hub.url}user/${inPath}/${server}/v/1/?a=b`);
    const leadsTo = /<a id="dashboard"[^>]* href="([^"]+)"/.exec(asleep.text)?.[1] ?? 'nowhere';
    expect(leadsTo).toBe(`/services/dashboards/at/${inPath}/${server}/v/1/?a=b`);
    const woken = await author.open(new URL(leadsTo, hub.url).href);
    expect(woken.url).toBe(`${dashboard.link}?next=${encodeURIComponent('v/1/?a=b')}&wait=1`);
    const answer = await author.sees(dashboard.link, text);
    expect(new URL(answer.url).pathname).toBe(`/user/${inPath}/${server}/v/1/`);
  });

  it('updates it', async () => {
    author.write('sales/app.py', page(`${text}, new`));
    const build = await author.ended((await author.update(dashboard.id, {})).id);
    expect(build).toMatchObject({ state: 'live', version: 2 });
    await author.sees(dashboard.link, `${text}, new`);
  });
});

it('dashboards of one name have one link for each author', () => {
  expect(new Set(links.values()).size).toBe(NAMES.length);
});

it.each(NAMES.filter(({ name }) => /[@ü]/.test(name)))(
  'the Lab of $name knows its way to the service',
  async ({ name, inPath }) => {
    await hub.api('POST', `users/${encodeURIComponent(name)}/server`);
    const token = await hub.token(name, [`access:servers!user=${name}`]);
    const context = await eventually(async () => {
      const response = await fetch(`${hub.url}user/${inPath}/jupyterhub-dashboards/context`, {
        headers: { authorization: `token ${token}` },
        redirect: 'manual'
      });
      return response.status === 200 && ((await response.json()) as object);
    }, 90_000);
    expect(context).toMatchObject({ hub: true, serviceUrl: '/services/dashboards/', home: hub.home(name) });

    const { pathname } = new URL(`${hub.url}user/${inPath}/dash-gone-aaaaaaaa/v/1/`);
    const answer = await new Visitor().open(`${hub.url.slice(0, -1)}${pathname}`);
    expect(answer.way).toContain(`${hub.serviceUrl}at/${inPath}/dash-gone-aaaaaaaa/v/1/`);
    await hub.api('DELETE', `users/${encodeURIComponent(name)}/server`);
  }
);

it.each(NAMES)('nothing is left when $name deletes it', async ({ name }) => {
  const author = await Author.of(hub, name);
  const { body } = await author.call<{ dashboards: Dashboard[] }>('GET', 'dashboards?filter=mine');
  expect(body.dashboards).toHaveLength(1);
  const id = body.dashboards[0]?.id ?? '';
  expect((await author.call('DELETE', `dashboards/${id}`)).status).toBe(204);
  await eventually(() => !hasRow(hub, id), 30_000);
  expect(await author.servers({ stopped: true })).toEqual([]);
  expect(leftovers(author.home, id)).toEqual(NOTHING);
  expect(hasFolder(author.home, id)).toBe(false);
});
