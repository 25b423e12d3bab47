import { SMALL_APPS } from '../runner/testing/small-apps';
import { Author, page } from './author';
import { describeBadCases, type BadCase } from './bad-case';
import { startTestHub, type TestHub } from './hub';
import { NO_ORPHANS, orphanRows } from './leftovers';

/** Nothing here takes longer than a small program does. */
const READY_SECONDS = 10;

const CASES: BadCase[] = [
  {
    title: 'a file that is not there',
    entry: 'nothing.py',
    code: 'file_missing',
    message: /^The file nothing\.py is not in the folder\.$/,
    fix: /publish again/
  },
  {
    title: 'a folder that is not there',
    folder: 'no-such-folder',
    entry: 'app.py',
    code: 'file_missing',
    message: /^The folder .*no-such-folder does not exist\.$/,
    fix: /^Publish again from the place/
  },
  {
    title: 'a file of no known kind',
    entry: 'figures.py',
    text: 'print(42)\n',
    changes: { detect: true },
    code: 'framework_unknown',
    message: /^It is not clear how to run figures\.py\.$/,
    fix: /^Choose a framework, or give the command line/
  },
  {
    title: 'a program that is not installed',
    entry: 'app.py',
    text: page('never'),
    changes: { command: 'no-such-program {entry}' },
    code: 'command_invalid',
    message: /^The program no-such-program is not installed\.$/,
    fix: /^Correct the command line/
  },
  {
    title: 'a process that dies at its start',
    entry: 'app.py',
    text: SMALL_APPS.exiting,
    code: 'app_exited',
    message: /^The app ended with code 1\.$/,
    fix: /^Read the log, correct the app/,
    detail: /ValueError: no such column$/
  },
  {
    title: 'an app that answers with errors alone',
    entry: 'app.py',
    text: SMALL_APPS.broken,
    code: 'app_failed',
    message: /^The app answers with error 500\.$/,
    fix: /^Read the log, correct the app/,
    detail: /out of order/
  },
  {
    title: 'an app that ends every request without an answer',
    entry: 'app.py',
    text: SMALL_APPS.hangingUp,
    code: 'app_failed',
    message: /^The app listens, but did not answer/,
    fix: /^Read the log/
  },
  {
    title: 'a port that is never opened',
    entry: 'app.py',
    text: SMALL_APPS.silent,
    code: 'port_never_opened',
    message: new RegExp(`^The app did not listen on port \\d+ within ${READY_SECONDS} s\\.$`),
    fix: /\{host\} and \{port\}.*ready_timeout/
  }
];

jest.setTimeout(90_000);

let hub: TestHub;
let alice: Author;

beforeAll(async () => {
  hub = await startTestHub({ users: ['alice', 'bob'], configure: `ready_timeout=${READY_SECONDS}` });
  alice = await Author.of(hub, 'alice');
}, 90_000);
afterAll(() => hub?.stop());

describeBadCases(CASES, () => alice);

it('shows others nothing of what is wrong', async () => {
  alice.write('secret/app.py', 'raise SystemExit("the password is 1234")\n');
  const broken = await alice.publish(alice.request('Broken', 'secret', 'app.py', { audience: { kind: 'everyone' } }));
  const { problem } = await alice.ended(broken.build?.id ?? '');
  expect(JSON.stringify(problem)).toContain('1234');
  const bob = await Author.of(hub, 'bob');
  const seen = await bob.open(broken.link);
  expect(seen.text).toContain('does not work at the moment');
  expect(seen.text).not.toContain('1234');
  const shown = JSON.stringify((await bob.call('GET', `dashboards/${broken.id}`)).body);
  expect(shown).toContain('Its owner can see why');
  expect(shown).not.toContain('1234');
});

it('makes a dashboard of it once the file is corrected', async () => {
  alice.write('mended/app.py', SMALL_APPS.exiting);
  const { id, link, build } = await alice.publish(alice.request('Mended', 'mended', 'app.py'));
  expect((await alice.ended(build?.id ?? '')).state).toBe('failed');
  alice.write('mended/app.py', page('mended'));
  expect((await alice.ended((await alice.update(id, {})).id)).state).toBe('live');
  await alice.sees(link, 'mended');
});

it('a framework that nobody knows is refused with the ones there are', async () => {
  const request = alice.request('Unknown', 'steady', 'app.py', { framework: 'flash' });
  const { status, code, message, fix } = await alice.refused('POST', 'dashboards', request);
  expect([status, code, message]).toEqual([400, 'framework_unknown', 'There is no such framework.']);
  expect(fix).toMatch(/voila, streamlit, dash, panel, bokeh, static, command/);
});

describe('a name', () => {
  const named = (name: string) => {
    alice.write('named/app.py', page('named'));
    return alice.request(name, 'named', 'app.py');
  };

  it('in Japanese works, from publish to the page', async () => {
    const dashboard = await alice.live(named('売上ダッシュボード'));
    expect(dashboard.name).toBe('売上ダッシュボード');
    expect(dashboard.link).toMatch(/\/d\/[a-z0-9-]+$/);
    await alice.sees(dashboard.link, 'named');
    expect((await alice.open(hub.serviceUrl)).text).toContain('売上ダッシュボード');
  });

  it('that is taken is refused in whatever case and width, and the first keeps its link', async () => {
    const { link } = await alice.steady();
    for (const name of ['Steady', ' STEADY ', 'ｓｔｅａｄｙ']) {
      expect(await alice.refused('POST', 'dashboards', named(name))).toEqual({
        status: 409,
        code: 'name_taken',
        message: `You have a dashboard with the name "${name.trim()}" already.`,
        fix: 'Update that one instead, or choose another name.'
      });
    }
    expect((await alice.open(link)).text).toBe('steady');
  });

  it.each([
    ['of 10,000 characters', 'x'.repeat(10_000), /more than 200 characters/],
    ['of nothing but spaces', '   ', /needs a name/],
    ['with a line break', 'Sales\nand more', /control characters/],
    ['that is shown backwards', '\u202eevil', /U\+202E, which changes the direction of writing/],
    ['that nobody can see', '\u200b', /invisible character U\+200B/]
  ])('%s is refused before anything is made', async (_title, name, message) => {
    const count = async () => (await alice.call<{ dashboards: unknown[] }>('GET', 'dashboards')).body.dashboards.length;
    const before = await count();
    const refused = await alice.refused('POST', 'dashboards', named(name));
    expect(refused).toMatchObject({ status: 400, code: 'invalid_request', fix: expect.stringMatching(/\.$/) });
    expect(refused.message).toMatch(message);
    expect(refused.message.length).toBeLessThan(500);
    expect(await count()).toBe(before);
  });
});

it('nothing in the database is left without its dashboard', () => {
  expect(orphanRows(hub)).toEqual(NO_ORPHANS);
});
