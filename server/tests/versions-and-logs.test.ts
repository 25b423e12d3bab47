import type { Dashboard, LogEvent, LogPage } from '../contract';
import { EventReader } from '../service/testing/events';
import { eventually } from '../service/testing/test-service';
import { Author, page } from './author';
import { startTestHub, type TestHub } from './hub';

jest.setTimeout(180_000);

let hub: TestHub;
let alice: Author;
let bob: Author;
let token: string;

beforeAll(async () => {
  hub = await startTestHub({ users: ['alice', 'bob'], admins: ['bob'] });
  alice = await Author.of(hub, 'alice');
  bob = await Author.of(hub, 'bob');
  token = await hub.token('alice', ['access:services!service=dashboards', 'access:servers!server=alice/']);
}, 120_000);
afterAll(() => hub?.stop());

/** Answers with `text`, and prints what is asked for. */
const telling = (text: string) =>
  page(
    text,
    'print("hello of", os.environ["BASE_URL"], flush=True)\ndef on_request(path):\n    print("asked for", path, flush=True)'
  );

async function update(dashboard: Dashboard, text: string): Promise<void> {
  alice.write('sales/app.py', telling(text));
  const build = await alice.update(dashboard.id, {});
  expect(await alice.ended(build.id)).toMatchObject({ state: 'live', problem: null });
}

const log = async (id: string, query = '') =>
  (await alice.call<LogPage>('GET', `dashboards/${id}/logs${query}`)).body.lines.map(
    ({ version, origin, text }) => `v${version} ${origin} ${text}`
  );

describe('a dashboard with several versions', () => {
  let dashboard: Dashboard;

  beforeAll(async () => {
    alice.write('sales/app.py', telling('the first'));
    dashboard = await alice.live(alice.request('Sales', 'sales', 'app.py', { audience: { kind: 'everyone' } }));
    await update(dashboard, 'the second');
    await update(dashboard, 'the third');
  }, 120_000);

  /** Its server is stopped by others while nobody looks. */
  async function fallAsleep(url: string): Promise<void> {
    await hub.api('DELETE', `users/alice/servers/${new URL(url).pathname.split('/')[3]}`);
    await eventually(async () => (await alice.dashboard(dashboard.id)).state === 'asleep');
  }

  it('leads from a version that is not running any more to the live one, path and query kept, also from a sleeping server', async () => {
    const { url } = await bob.sees(dashboard.link, 'the third');
    const old = url.replace('/v/3/', '/v/1/deep/page?x=1');
    const moved = await eventually(async () => {
      // It is drained for a moment after the change.
      const answer = await bob.open(old);
      return answer.text.includes('the third') && answer;
    });
    expect(moved.url).toMatch(/\/v\/3\/deep\/page\?x=1$/);
    await fallAsleep(url);
    const [, , owner, server] = new URL(url).pathname.split('/');
    const asleep = `${hub.serviceUrl}at/${owner}/${server}/v/1/deep/page?x=1`;
    const { link } = dashboard;
    expect((await bob.open(asleep)).way.at(-1)).toBe(`${link}?next=v%2F1%2Fdeep%2Fpage%3Fx%3D1&wait=1`);
    const woken = await bob.sees(`${link}?next=v%2F1%2Fdeep%2Fpage%3Fx%3D1`, 'the third');
    expect(woken.url).toMatch(/\/v\/3\/deep\/page\?x=1$/);
  });

  it('opens each of them by its own link, for viewers too, path and query kept, and the live one by the stable link', async () => {
    const first = await bob.sees(`${dashboard.link}@1?next=some/page%3Fx%3D1`, 'the first');
    expect(first.url).toMatch(/\/v\/1\/some\/page\?x=1$/);
    expect((await bob.sees(`${dashboard.link}@2`, 'the second')).url).toMatch(/\/v\/2\/$/);
    expect((await bob.sees(`${dashboard.link}@3`, 'the third')).url).toMatch(/\/v\/3\/$/);
    expect((await bob.sees(dashboard.link, 'the third')).url).toMatch(/\/v\/3\/$/);
    // Nothing of that was a change: the same version is live.
    expect((await alice.versions(dashboard.id)).at(0)).toBe('3 ready, live');
  });

  it('says in a page that a version is not there, and where the live one is', async () => {
    const { status, text } = await bob.open(`${dashboard.link}@9`);
    expect([status, text.includes('There is no version 9'), text.includes('/d/sales"')]).toEqual([404, true, true]);
  });

  it('wakes for a version by its own link', async () => {
    const { url } = await bob.sees(dashboard.link, 'the third');
    await fallAsleep(url);
    expect((await bob.open(`${dashboard.link}@1`)).text).toContain('This dashboard is starting');
    await bob.sees(`${dashboard.link}@1`, 'the first');
    await bob.sees(dashboard.link, 'the third');
  });

  it('keeps the log of each version, live, and to read when it sleeps, for its owner alone', async () => {
    await bob.sees(dashboard.link, 'the third');
    const url = `${hub.serviceUrl}api/v1/dashboards/${dashboard.id}/logs/events?version=3&search=secret`;
    const stream = await EventReader.open<LogEvent>(url, token);
    await bob.open(`${dashboard.link}?next=secret-report`);
    await eventually(() => stream.events.length > 0);
    expect(stream.events[0]).toMatchObject({
      kind: 'lines',
      lines: [{ version: 3, origin: 'app', text: expect.stringContaining('/v/3/secret-report') as string }]
    });
    stream.close();

    const third = await log(dashboard.id, '?version=3&limit=1000');
    const hello = third.filter(line => line.includes('hello of'));
    expect(hello[0]).toMatch(/^v3 build hello of .*\/v\/3\/$/);
    // Started again since then, each time once.
    expect(hello.slice(1).every(line => line.startsWith('v3 app '))).toBe(true);
    expect(third.filter(line => line.includes('secret-report'))).toHaveLength(1);
    expect((await log(dashboard.id, '?version=1')).some(line => line.includes('/v/1/some/page?x=1'))).toBe(true);

    await alice.call('POST', `dashboards/${dashboard.id}/stop`);
    expect(await log(dashboard.id, '?version=3&search=HELLO')).toEqual(hello);
    const { body } = await alice.call<string>('GET', `dashboards/${dashboard.id}/logs/download?version=3`);
    expect(body).toMatch(/Z v3 app asked for .*secret-report/);
    expect((await bob.refused('GET', `dashboards/${dashboard.id}/logs`)).status).toBe(403);
  });
});

it('a real Streamlit app has what its script prints in the log of its version', async () => {
  alice.write('lit/app.py', 'import streamlit as st\nprint("the script runs")\nst.write("hello")\n');
  const { id } = await alice.live(alice.request('Lit', 'lit', 'app.py', { framework: 'streamlit' }));
  const lines = await eventually(async () => {
    const all = await log(id);
    return all.some(line => line.endsWith('the script runs')) && all;
  });
  expect(lines.filter(line => line.endsWith('the script runs'))).toHaveLength(1);
});

it('a version that fails keeps its log as well', async () => {
  alice.write('broken/app.py', 'print("before it broke", flush=True)\nraise SystemExit(3)\n');
  const { id, build } = await alice.publish(alice.request('Broken', 'broken', 'app.py'));
  expect(await alice.ended(build?.id ?? '')).toMatchObject({ state: 'failed', problem: { code: 'app_exited' } });
  expect(await log(id)).toEqual(
    expect.arrayContaining(['v1 build before it broke', 'v1 build The app ended with code 3.'])
  );
});
