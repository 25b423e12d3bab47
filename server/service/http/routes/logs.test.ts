import type { BuildEvent, BuildReply, ErrorReply, LogEvent, LogPage } from '../../../contract';
import { openDatabase } from '../../db/open';
import { EventReader } from '../../testing/events';
import { addUser } from '../../testing/fake-hub';
import { startRunners, type FakeRunner } from '../../testing/fake-runner';
import { eventually, PREFIX, PUBLISH, startTestService, type TestService } from '../../testing/test-service';

let test: TestService;
let alice: string;
let runner: FakeRunner;
let id: string;
let buildId: string;

async function begin(timing = {}): Promise<void> {
  test = await startTestService({}, timing);
  alice = addUser(test.hub, 'alice');
  const runners = startRunners(test);
  const { body } = await test.call<BuildReply>(alice, 'POST', 'api/v1/dashboards', {
    ...PUBLISH,
    audience: { kind: 'everyone' }
  });
  id = body.dashboard.id;
  buildId = body.build.id;
  runner = await eventually(() => runners[0]);
}
beforeEach(() => begin());
afterEach(() => test.stop());

const AT = '2026-11-21T12:00:00.000Z';
let batches = 0;
const print = (lines: string[], version = 1, batch = ++batches) =>
  test.call<ErrorReply>(runner.token, 'POST', 'runner/logs', {
    startId: runner.startId,
    batch,
    lines: lines.map(text => ({ at: AT, version, text }))
  });
/** Begins with version 2. */
const update = async () => {
  await runner.build();
  await test.call(alice, 'POST', `api/v1/dashboards/${id}/versions`, {});
};
const read = async (query = '', token = alice) =>
  (await test.call<LogPage>(token, 'GET', `api/v1/dashboards/${id}/logs${query}`)).body;
const texts = ({ lines }: { lines: { text: string }[] }) => lines.map(({ text }) => text);
const linesOf = (event: LogEvent) => (event.kind === 'lines' ? event.lines : []);
const follow = (query = '', last?: string) =>
  EventReader.open<LogEvent>(`${test.origin}${PREFIX}api/v1/dashboards/${id}/logs/events${query}`, alice, last);

describe('the log of a version', () => {
  it('keeps what a second process of the same start says, which counts from the beginning', async () => {
    const { startId, token } = runner;
    const say = async (sender: string | undefined, text: string) => {
      const progress = { startId, sender, state: 'copy', from: 0, lines: [`${text} copies`] };
      expect((await test.call(token, 'POST', `runner/builds/${buildId}/progress`, progress)).status).toBe(200);
      const printed = { startId, sender, batch: 1, lines: [{ at: AT, version: 1, text: `${text} prints` }] };
      expect((await test.call(token, 'POST', 'runner/logs', printed)).status).toBe(204);
    };
    await say('p1', 'one');
    await say('p1', 'one');
    await say('p2', 'two');
    await say('p2', 'two');
    // As before there were senders.
    await say(undefined, 'old');
    await say(undefined, 'old');
    expect(texts(await read())).toEqual([
      ...['one copies', 'one prints', 'two copies', 'two prints', 'old copies', 'old prints']
    ]);
  });

  it("is its build's lines and then its app's, each kept once; the events of the build go on as before", async () => {
    await runner.progress(buildId, 'copy', ['Copied 3 files']);
    await runner.progress(buildId, 'start', ['ready']);
    await runner.result(buildId);
    await print(['request 1', 'request 2']);
    const { lines, before } = await read('?version=1');
    expect(lines.map(({ origin, text }) => [origin, text])).toEqual([
      ['build', 'Copied 3 files'],
      ['build', 'ready'],
      ['app', 'request 1'],
      ['app', 'request 2']
    ]);
    expect(before).toBeNull();
    expect(lines.at(-1)).toMatchObject({ at: AT, version: 1 });
    const events = await EventReader.open<BuildEvent>(
      `${test.origin}${PREFIX}api/v1/builds/${buildId}/events`,
      alice,
      '3'
    );
    await eventually(() => events.ended);
    expect(events.events.map(event => (event.kind === 'log' ? event.lines.join() : event.build.state))).toEqual([
      ...['Copied 3 files', 'start', 'ready', 'live']
    ]);
    expect(events.ids).toEqual(['4', '5', '6', '7']);
  });

  it('can be read when the dashboard is stopped, and after a restart of the service', async () => {
    await runner.build();
    await print(['the last words']);
    await test.call(alice, 'POST', `api/v1/dashboards/${id}/stop`);
    await test.restart();
    expect(texts(await read())).toEqual(['the last words']);
  });

  it("is its owner's alone: nobody else sees it, administrators neither", async () => {
    const bob = addUser(test.hub, 'bob');
    const admin = addUser(test.hub, 'root', { admin: true });
    for (const path of ['logs', 'logs/events', 'logs/download']) {
      for (const [token, status] of [
        [bob, 403],
        [admin, 403],
        [null, 401]
      ] as const) {
        expect((await test.call(token, 'GET', `api/v1/dashboards/${id}/${path}`)).status).toBe(status);
      }
      expect((await test.call(alice, 'GET', `api/v1/dashboards/nothing/${path}`)).status).toBe(404);
    }
  });

  it('is read page by page, and searched whatever the case', async () => {
    await print(Array.from({ length: 1_000 }, (_, i) => `line ${i}`));
    await print(Array.from({ length: 1_000 }, (_, i) => (i % 400 ? `more ${i}` : `ERROR in Größe ${i}`)));
    const last = await read('?limit=3');
    expect(texts(last)).toEqual(['more 997', 'more 998', 'more 999']);
    const earlier = await read(`?limit=2&before=${last.before}`);
    expect(texts(earlier)).toEqual(['more 995', 'more 996']);
    const found = await read(`?limit=2&search=${encodeURIComponent('error IN GRÖSSE'.replace('SS', 'ß'))}`);
    expect(texts(found)).toEqual(['ERROR in Größe 400', 'ERROR in Größe 800']);
    expect(texts(await read(`?search=error&before=${found.before}`))).toEqual(['ERROR in Größe 0']);
    expect(texts(await read('?search=no%25such'))).toEqual([]);
    // The letters of JupyterLab's own search, which may be written otherwise than in the log.
    const otherwise = encodeURIComponent('GRO\u0308\u00dfE \uff14');
    expect(texts(await read(`?search=${otherwise}`))).toEqual(['ERROR in Größe 400']);
    expect((await test.call(alice, 'GET', `api/v1/dashboards/${id}/logs?limit=1001`)).status).toBe(400);
  });

  it('is told apart from those of other versions', async () => {
    await update();
    await print(['one'], 1);
    await print(['two'], 2);
    expect(texts(await read('?version=2'))).toEqual(['two']);
    expect(texts(await read())).toEqual(['one', 'two']);
  });

  it('takes a batch that is sent twice once, also after a restart', async () => {
    await print(['once'], 1, 1_001);
    await test.restart();
    expect((await print(['once'], 1, 1_001)).status).toBe(204);
    expect(texts(await read())).toEqual(['once']);
  });

  it('holds plain text: escape sequences of terminals and control characters stay outside', async () => {
    await print(['\u001b[31mred\u001b[0m\u0007 <b>not bold</b>']);
    expect(texts(await read())).toEqual(['red <b>not bold</b>']);
  });

  it('is taken from the server of its own dashboard alone', async () => {
    const other = 'server-token-of-bob';
    addUser(test.hub, 'bob');
    test.hub.tokens.set(other, { name: 'bob', scopes: ['access:servers!server=bob/dash-x'] });
    const body = { startId: runner.startId, batch: 1, lines: [{ at: AT, version: 1, text: 'forged' }] };
    expect((await test.call(other, 'POST', 'runner/logs', body)).status).toBe(403);
    expect((await test.call(alice, 'POST', 'runner/logs', body)).status).toBe(403);
    expect(texts(await read())).toEqual([]);
  });

  it('goes with its dashboard', async () => {
    await print(['private']);
    const stream = await follow();
    await eventually(() => stream.events.length > 0);
    await test.call(alice, 'DELETE', `api/v1/dashboards/${id}`);
    await eventually(() => stream.ended);
    expect((await test.call(alice, 'GET', `api/v1/dashboards/${id}/logs`)).status).toBe(404);
    const gone = () => test.service.context.logs.page(id, { version: null, search: '' }, null, 10);
    await runner.removed();
    runner.close();
    await eventually(async () => (await gone()).lines.length === 0);
  });
});

describe('a live log', () => {
  const shown = (stream: EventReader<LogEvent>) =>
    stream.events.flatMap(event => linesOf(event).map(({ text }) => text));

  it('shows the newest lines, then each one as it comes, and resumes where a reader stopped', async () => {
    await print(['a', 'b', 'c']);
    const stream = await follow('?limit=2');
    await eventually(() => shown(stream).length === 2);
    await print(['d']);
    await runner.progress(buildId, 'copy', ['e']);
    await eventually(() => shown(stream).length === 4);
    expect(shown(stream)).toEqual(['b', 'c', 'd', 'e']);
    expect(stream.ids).toEqual(stream.events.map(event => String(linesOf(event).at(-1)?.seq)));
    stream.close();
    await print(['f', 'g']);
    const later = await follow('', stream.ids[1]);
    await eventually(() => shown(later).length === 3);
    expect(shown(later)).toEqual(['e', 'f', 'g']);
    later.close();
  });

  it.each(['999999999', '-1', 'abc', '1e3'])('begins anew after the id %j, which was never given', async last => {
    await print(['a', 'b']);
    const stream = await follow('?limit=1', last);
    await eventually(() => shown(stream).length === 1);
    await print(['c']);
    await eventually(() => shown(stream).length === 2);
    expect(stream.events.map(({ kind }) => kind)).toEqual(['reset', 'lines', 'lines']);
    expect(shown(stream)).toEqual(['b', 'c']);
    stream.close();
    const later = await follow('', stream.ids[0]);
    await eventually(() => shown(later).length === 3);
    expect(later.events.map(({ kind }) => kind)).toEqual(['lines']);
    later.close();
  });

  it('begins anew where nothing has been written yet', async () => {
    const stream = await follow('', '7');
    await eventually(() => stream.events.length === 1);
    expect([stream.events, stream.ids]).toEqual([[{ kind: 'reset' }], ['0']]);
    await print(['the first']);
    await eventually(() => shown(stream).length === 1);
    stream.close();
  });

  it('goes on after a line that is gone', async () => {
    await print(['a', 'b']);
    const { lines } = await read();
    const db = await openDatabase(test.config.database);
    await db.deleteFrom('log_lines').execute();
    await db.destroy();
    const stream = await follow('', String(lines.at(-1)?.seq));
    await print(['c']);
    await eventually(() => shown(stream).length === 1);
    expect(stream.events.map(({ kind }) => kind)).toEqual(['lines']);
    stream.close();
  });

  it("ends when its reader's token is revoked", async () => {
    await test.stop();
    await begin({ recheckMs: 50 });
    const stream = await follow();
    test.hub.tokens.delete(alice);
    test.advance(60_000);
    await eventually(() => stream.ended);
    expect((await follow()).status).toBe(401);
  });

  it('shows what is searched for alone', async () => {
    await update();
    const stream = await follow('?search=error&version=1');
    await print(['fine', 'Error 1'], 1);
    await print(['Error of another version'], 2);
    await print(['Error 2'], 1);
    await eventually(() => shown(stream).length === 2);
    expect(shown(stream)).toEqual(['Error 1', 'Error 2']);
    stream.close();
  });

  it('brings a long log in parts', async () => {
    for (let batch = 0; batch < 3; batch++) {
      await print(Array.from({ length: 1_000 }, (_, i) => `${batch} ${i} ${'x'.repeat(500)}`));
    }
    const stream = await follow('', '1');
    await eventually(() => shown(stream).length === 2_999);
    expect(stream.events.length).toBeGreaterThan(10);
    expect(new Set(shown(stream)).size).toBe(2_999);
    stream.close();
  });
});

describe('a downloaded log', () => {
  it('is one text file with a name, whatever is in it', async () => {
    await runner.progress(buildId, 'copy', ['Copied']);
    await print(['<script>alert(1)</script>']);
    await print(Array.from({ length: 1_000 }, (_, i) => `line ${i}`));
    const { headers, text } = await test.call(alice, 'GET', `api/v1/dashboards/${id}/logs/download?version=1`);
    expect(headers.get('content-type')).toBe('text/plain; charset=utf-8');
    expect(headers.get('content-disposition')).toBe('attachment; filename="sales-v1-log.txt"');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    const lines = text.trimEnd().split('\n');
    expect(lines).toHaveLength(1_002);
    expect(lines[0]).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z v1 build Copied$/);
    expect(lines[1]).toBe(`${AT} v1 app <script>alert(1)</script>`);
    const found = await test.call(alice, 'GET', `api/v1/dashboards/${id}/logs/download?search=line 99`);
    expect(found.headers.get('content-disposition')).toContain('"sales-log.txt"');
    expect(found.text.trimEnd().split('\n')).toHaveLength(11);
  });
});
