import type { BuildReply, DashboardReply } from '../../../../contract';
import { Browser } from '../../../testing/browser';
import { addUser } from '../../../testing/fake-hub';
import { startRunners, type FakeRunner } from '../../../testing/fake-runner';
import { eventually, PREFIX, PUBLISH, startTestService, type TestService } from '../../../testing/test-service';

const LIVE = { 'sec-fetch-site': 'none' };

let test: TestService;
let alice: string;
let runners: FakeRunner[];

async function begin(config = {}) {
  test = await startTestService({ dashboardsOrigin: 'http://dash.example.org', ...config });
  alice = addUser(test.hub, 'alice', { groups: ['authors'] });
  for (const name of ['bob', 'carol']) {
    addUser(test.hub, name);
  }
  addUser(test.hub, 'root', { admin: true });
  runners = startRunners(test);
}
afterEach(() => test.stop());

async function publish(changes: object = {}, token = alice): Promise<string> {
  const body = { ...PUBLISH, audience: { kind: 'everyone' }, ...changes };
  const reply = await test.call<BuildReply>(token, 'POST', 'api/v1/dashboards', body);
  expect(reply.status).toBe(201);
  return reply.body.dashboard.id;
}

async function look(name: string, path = '', headers: Record<string, string> = LIVE): Promise<string> {
  const browser = new Browser(test);
  await browser.signIn(name);
  return (await browser.open(path, headers)).text;
}

const names = (page: string) => [...page.matchAll(/data-name="([^"]*)"/g)].map(([, name]) => name);
const controls = (page: string) => [...page.matchAll(/<button aria-label="([^"]*)"/g)].map(([, label]) => label);
/** Address of a link, read as a browser reads an attribute. */
const link = (page: string, text: string) =>
  new RegExp(`href="([^"]*)"[^>]*>\\s*${text}<`).exec(page)?.[1]?.replaceAll('&amp;', '&');

describe('the gallery', () => {
  it('lists what is mine and what is shared with me, newest first', async () => {
    await begin();
    await publish();
    await publish({ name: 'Secret plans', audience: { kind: 'owner' } });
    await publish({ name: 'For Carol', audience: { kind: 'people', users: ['carol'], groups: [] } });
    expect(names(await look('bob'))).toEqual(['Sales']);
    expect(names(await look('carol'))).toEqual(['For Carol', 'Sales']);
    expect(names(await look('alice'))).toEqual(['For Carol', 'Secret plans', 'Sales']);
    expect(names(await look('alice', '?filter=shared'))).toEqual([]);
    expect(names(await look('carol', '?filter=mine'))).toEqual([]);
  });

  it.each(['?filter=bogus', '?filter=mine&filter=all', '?cursor=nonsense', '?wat=1', `?filter=&search=&search=x`])(
    'shows what there is, and who is signed in, where its address holds nonsense: %s',
    async query => {
      await begin();
      await publish();
      const page = await look('bob', query);
      expect(names(page)).toEqual(['Sales']);
      expect(page).toContain('Signed in as');
      expect(page).toContain('Sign out');
      expect(page).not.toContain('not valid');
    }
  );

  it('cuts off a search that is too long', async () => {
    await begin();
    await publish();
    const page = await look('bob', `?search=${'x'.repeat(300)}`);
    expect(page).toContain('Sign out');
    expect(page).toContain(`value="${'x'.repeat(200)}"`);
  });

  it('shows everything to administrators, who do not open what is not for them', async () => {
    await begin();
    await publish({ name: 'Secret plans', audience: { kind: 'owner' } });
    const page = await look('root', '?filter=all');
    expect(names(page)).toEqual(['Secret plans']);
    expect(page).not.toContain(`href="${test.origin}${PREFIX}d/secret-plans"`);
    expect(page).toContain('aria-label="Stop Secret plans"');
    expect(await look('bob')).not.toContain('All on this hub');
    const refused = new Browser(test);
    await refused.signIn('bob');
    expect((await refused.open('?filter=all')).status).toBe(403);
  });

  it('says of each dashboard what it is, whose, and how it fares', async () => {
    await begin();
    const id = await publish({ description: 'Revenue by region', framework: 'streamlit' });
    expect(await look('bob')).toContain('Being built');
    expect(await look('alice')).toContain('aria-label="Cancel publishing Sales"');
    const runner = await eventually(() => runners[0]);
    await runner.build();
    await eventually(async () => (await show(id)).state === 'running');
    test.advance(2 * 3_600_000);
    const page = await look('bob');
    for (const part of ['Revenue by region', 'by <bdi>alice</bdi>', 'Streamlit', 'Running', 'updated 2 hours ago']) {
      expect(page).toContain(part);
    }
    expect(page).not.toContain('aria-label="Stop');
    expect(await look('alice')).toContain('aria-label="Stop Sales"');
    await test.call(alice, 'POST', `api/v1/dashboards/${id}/stop`);
    const stopped = await look('alice');
    expect(stopped).toContain('aria-label="Start Sales"');
    expect(stopped).toContain('Stopped');
  });

  it('offers for a stopped dashboard that is being updated what JupyterLab offers: its start, and to call that off', async () => {
    await begin();
    const id = await publish();
    await (await eventually(() => runners[0])).build();
    await eventually(async () => (await show(id)).state === 'running');
    await test.call(alice, 'POST', `api/v1/dashboards/${id}/stop`);
    await test.call(alice, 'POST', `api/v1/dashboards/${id}/versions`, {});
    expect(await show(id)).toMatchObject({ state: 'building', desired: 'off', liveVersion: 1 });
    expect(controls(await look('alice'))).toEqual(['Start Sales', 'Cancel publishing Sales']);
    expect(controls(await look('root', '?filter=all'))).toEqual(['Start Sales', 'Stop Sales']);
  });

  it('offers to start a dashboard that sleeps, and to stop it: visits no longer wake it', async () => {
    await begin();
    const id = await publish();
    await (await eventually(() => runners[0])).build();
    const { context } = test.service;
    const aggregate = await context.dashboards.get(id);
    await context.life.sleep((aggregate as NonNullable<typeof aggregate>).dashboard, null);
    await eventually(async () => (await show(id)).state === 'asleep');
    expect(controls(await look('alice'))).toEqual(['Start Sales', 'Stop Sales']);
  });

  it('goes page by page through what a search finds', async () => {
    await begin();
    for (let n = 0; n < 30; n++) {
      await publish({ name: `Report ${n}`, audience: { kind: 'owner' } });
    }
    await publish({ name: 'Something else', audience: { kind: 'owner' } });
    const first = await look('alice', '?search=rEpOrT&filter=mine');
    expect(names(first)).toEqual(Array.from({ length: 24 }, (_, n) => `Report ${29 - n}`));
    expect(first).toContain('24 dashboards on this page');
    expect(first).toMatch(/<input[^>]*name="search"[^>]*value="rEpOrT"/);
    const second = await look('alice', link(first, 'Next page'));
    expect(names(second)).toEqual(Array.from({ length: 6 }, (_, n) => `Report ${5 - n}`));
    expect(second).not.toContain('Next page');
    expect(link(second, 'First page')).toBe(`${PREFIX}?filter=mine&search=rEpOrT`);
    expect(link(second, 'Mine')).toBe(`${PREFIX}?filter=mine&search=rEpOrT`);
  });

  it('tells whoever has nothing to see what will be here, and authors how to publish', async () => {
    await begin({ publishers: ['authors'] });
    expect(await look('alice')).toMatch(/Publish one yourself[^]*Right-click a notebook[^]*user-redirect\/lab/);
    const viewer = await look('bob');
    expect(viewer).toContain('As soon as somebody shares a dashboard with you');
    expect(viewer).not.toContain('Publish one yourself');
    expect(await look('bob', '?search=%3Cb%3E')).toContain('No dashboard matches “<bdi>&lt;b&gt;</bdi>”');
  });

  it('escapes and keeps every name', async () => {
    await begin();
    const evil = [
      '<script>alert(1)</script>',
      '"><img src=x onerror=alert(2)>',
      "' onfocus='alert(3)",
      'x'.repeat(200),
      'Übersicht 🔋 لوحة'
    ];
    for (const name of evil) {
      await publish({ name, description: name });
    }
    const page = await look('bob', `?search=${encodeURIComponent('<script>')}`);
    expect(page).toContain('value="&lt;script&gt;"');
    for (const text of [page, await look('alice')]) {
      expect(text).not.toMatch(/<script>|<img/);
      expect(text.replace(/"[^"]*"/g, '')).not.toMatch(/<[^>]*\son[a-z]+=/);
    }
    const all = await look('bob');
    expect(all).toContain('x'.repeat(200));
    expect(all).toContain('Übersicht 🔋 لوحة');
  });

  it('has landmarks, one first heading, labels and a place for news', async () => {
    await begin();
    await publish();
    const page = await look('alice');
    expect(page.match(/<h1/g)).toHaveLength(1);
    expect(page).toMatch(/<html lang="en"/);
    expect(page).toMatch(/<a class="skip" href="#content">/);
    expect(page).toMatch(/<header[^]*<main id="content"[^]*role="search"[^]*<nav aria-label="Which dashboards"/);
    expect(page).toMatch(/<label[^>]*for="search"/);
    expect(page).toMatch(/role="status"/);
    expect(page).toMatch(/aria-current="page"\s*>For me</);
  });

  it('asks the Hub once for a page, however many dashboards are on it', async () => {
    await begin();
    await publish();
    await publish({ name: 'Another' });
    const browser = new Browser(test);
    await browser.signIn('bob');
    test.advance(5_000);
    const asked = () => test.hub.requests.filter(request => request === 'GET user').length;
    const before = asked();
    await browser.open('');
    expect(asked() - before).toBe(1);
  });
});

async function show(id: string) {
  return (await test.call<DashboardReply>(alice, 'GET', `api/v1/dashboards/${id}`)).body.dashboard;
}
