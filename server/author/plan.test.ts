import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
  type BigIntStats
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { Value } from 'typebox/value';

import { LIMITS, Plan, type PlanRequest } from '../contract';
import { answer } from './answer';
import { ProblemError } from '../problem-error';
import { MADE_UP_TOKENS } from '../files/testing/made-up-tokens';
import { placesOf } from '../files/places';
import { asOrdinaryUser } from '../runner/testing/ordinary-user';
import { takeSnapshot } from '../runner/versions/snapshot';
import { DEFAULT_LIMITS } from '../files/limits';
import { Patience } from './patience';
import { makePlan } from './plan';
import { readSince } from './since';

let home: string;
let root: string;

beforeEach(() => {
  home = mkdtempSync(path.join(tmpdir(), 'plan-'));
  root = path.join(home, 'sales');
  add('app.py', 'import streamlit');
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

function add(file: string, text = file): void {
  const target = path.join(root, file);
  mkdirSync(path.dirname(target), { recursive: true });
  writeFileSync(target, text);
}

async function plan(change: Partial<PlanRequest> = {}, limits = DEFAULT_LIMITS, milliseconds = 60_000): Promise<Plan> {
  const request: PlanRequest = { root, entry: 'app.py', scope: 'folder', ...change };
  const changes = readSince(home, request.since);
  const made = makePlan(request, { home, limits, patience: new Patience(milliseconds), changes, forbidden: null });
  expect([...Value.Errors(Plan, made)]).toEqual([]);
  return made;
}

const codes = ({ obstacles }: Plan) => obstacles.map(({ code }) => code);

describe('a plan', () => {
  it('counts what will be copied, and says of everything else why it stays out', async () => {
    add('data/a.csv', 'x'.repeat(1_000));
    add('data/b.csv', 'x'.repeat(10));
    add('.git/config');
    add('web/node_modules/a.js');
    add('notes.txt');
    add('.dashboardignore', '*.txt\n');
    const made = await plan();
    expect(made).toMatchObject({ files: 4, bytes: 1_010 + 16 + 6, folders: 2, complete: true, obstacles: [] });
    expect(made.excluded).toEqual({
      items: [
        { path: '.git', why: 'history', folder: true },
        { path: 'notes.txt', why: 'rule', folder: false },
        { path: 'web/node_modules', why: 'packages', folder: true }
      ],
      count: 3
    });
    expect(made.largest.map(file => file.path)).toEqual(['data/a.csv', 'app.py', 'data/b.csv', '.dashboardignore']);
  });

  it('is of one file alone where that is all that is published', async () => {
    add('data/a.csv');
    const made = await plan({ entry: 'data/a.csv', scope: 'file' });
    expect(made).toMatchObject({ files: 1, bytes: 10, excluded: { count: 0 }, obstacles: [] });
    expect(made.place?.newest?.path).toBe('data/a.csv');
  });

  it('names files that probably hold secrets', async () => {
    add('.env');
    add('keys/server.pem');
    add('.env.example');
    expect((await plan()).secrets).toEqual({ items: ['.env', 'keys/server.pem'], count: 2 });
  });

  it('names files that probably hold secrets by the folders that they are in', async () => {
    ['.aws/credentials', '.ssh/id_work', '.ssh/config', '.ssh/id_work.pub', '.Renviron', 'kubeconfig'].forEach(file =>
      add(file)
    );
    expect((await plan()).secrets.items).toEqual([
      '.Renviron',
      '.aws/credentials',
      '.ssh/config',
      '.ssh/id_work',
      'kubeconfig'
    ]);
  });

  it('names what no version can hold', async () => {
    execFileSync('mkfifo', [path.join(root, 'pipe')]);
    const server = createServer();
    await new Promise<void>(resolve => server.listen(path.join(root, 'socket'), resolve));
    const made = await plan();
    await new Promise(resolve => server.close(resolve));
    expect(made.skipped.items).toEqual([
      { path: 'pipe', why: 'pipe' },
      { path: 'socket', why: 'socket' }
    ]);
  });

  it('names the first of very many, and counts them all', async () => {
    for (let i = 0; i < LIMITS.planItems + 50; i++) {
      add(`key${i}.pem`);
    }
    const { secrets } = await plan();
    expect([secrets.items.length, secrets.count]).toEqual([LIMITS.planItems, LIMITS.planItems + 50]);
  });

  it('of the home folder leaves out what is hidden there', async () => {
    writeFileSync(path.join(home, '.bash_history'), 'secret');
    const { excluded } = await plan({ root: '~', entry: 'sales/app.py' });
    expect(excluded.items).toEqual([{ path: '.bash_history', why: 'hidden', folder: false }]);
  });

  it('ends with what it has when it takes too long', async () => {
    for (let i = 0; i < 600; i++) {
      add(`data/${i}.csv`);
    }
    const made = await plan({}, DEFAULT_LIMITS, -1);
    expect(made.complete).toBe(false);
    expect(made.files).toBeLessThan(600);
    expect(made.obstacles).toEqual([]);
  });
});

describe('tokens', () => {
  const [github, aws] = ['github', 'aws'].map(
    wanted => MADE_UP_TOKENS.find(([kind]) => kind === wanted)?.[1] ?? ''
  ) as [string, string];
  const notebook = (source: string, shown: string) =>
    JSON.stringify({
      cells: [
        { cell_type: 'markdown', source: ['# Ümsätze'] },
        { cell_type: 'code', source: [source], outputs: [{ output_type: 'stream', text: ['first\n', `${shown}\n`] }] }
      ],
      metadata: {},
      nbformat: 4
    });
  const tokens = async (milliseconds?: number) => {
    const made = await plan({ entry: '.' }, DEFAULT_LIMITS, milliseconds);
    expect(JSON.stringify(made)).not.toContain(github);
    return made.tokens?.items;
  };

  it('are named with their file and kind, and whether an output shows them, but not themselves', async () => {
    add('shown.ipynb', notebook('print(token)', github));
    add('written.ipynb', notebook(`token = '${github}'`, ''));
    add('both.ipynb', notebook(`token = '${github}'`, aws));
    add('deep/load.py', `TOKEN = "${github}"`);
    add('broken.ipynb', `{"cells": ["${github}"`);
    expect(await tokens()).toEqual([
      { path: 'both.ipynb', kind: 'aws', output: true },
      { path: 'both.ipynb', kind: 'github', output: false },
      { path: 'broken.ipynb', kind: 'github', output: false },
      { path: 'deep/load.py', kind: 'github', output: false },
      { path: 'shown.ipynb', kind: 'github', output: true },
      { path: 'written.ipynb', kind: 'github', output: false }
    ]);
  });

  it.each(['a.py', 'a.R', 'a.jl', 'a.sh', 'a.toml', 'a.yaml', 'a.yml', 'a.json', 'a.ini', 'a.cfg', 'a.Rmd', 'a.qmd'])(
    'are looked for in %s',
    async file => {
      add(file, github);
      expect(await tokens()).toEqual([{ path: file, kind: 'github', output: false }]);
    }
  );

  it('are looked for neither in data, nor in large files, nor in what links lead to or rules leave out', async () => {
    add('a.csv', github);
    add('a.parquet', github);
    add('large.json', ' '.repeat(2 ** 20) + github);
    add('large.ipynb', ' '.repeat(9 * 2 ** 20) + github);
    add('out.py', github);
    add('.dashboardignore', 'out.py\n');
    writeFileSync(path.join(home, 'elsewhere.py'), github);
    symlinkSync('../elsewhere.py', path.join(root, 'link.py'));
    expect(await tokens()).toEqual([]);
  });

  it('are found in notebooks after any number of other files', async () => {
    for (let i = 0; i < 70; i++) {
      add(`data/${i}.json`, ' '.repeat(2 ** 19));
    }
    add('data/last.json', github.padEnd(2 ** 19));
    add('z.ipynb', notebook('', github));
    expect(await tokens()).toEqual([{ path: 'z.ipynb', kind: 'github', output: true }]);
  });

  it('in what may not be read are nothing more than that', async () => {
    add('closed.py', github);
    chmodSync(path.join(root, 'closed.py'), 0);
    expect((await asSomebody(() => plan())).tokens).toEqual({ items: [], count: 0 });
  });
});

describe('a place', () => {
  /** Changes a file until its time is later than that of everything before: clocks of file systems are coarse. */
  function touch(file: string): BigIntStats {
    const now = () => lstatSync(path.join(root, file), { bigint: true });
    const before = [now(), lstatSync(root, { bigint: true })].map(({ ctimeNs }) => ctimeNs);
    while (before.some(time => now().ctimeNs <= time)) {
      utimesSync(path.join(root, file), 1, 1);
    }
    return now();
  }

  it('is the folder and what was changed last in it', async () => {
    add('data/a.csv');
    add('data/b.csv');
    touch('');
    const stat = touch('app.py');
    const folder = lstatSync(root, { bigint: true });
    expect((await plan()).place).toEqual({
      inode: String(folder.ino),
      born: String(folder.birthtimeNs),
      newest: { path: 'app.py', changed: String(stat.ctimeNs) },
      folder: realpathSync(root)
    });
  });

  it('is that of the folder itself where something was removed from it last', async () => {
    add('gone.csv');
    touch('app.py');
    rmSync(path.join(root, 'gone.csv'));
    expect((await plan()).place?.newest?.path).toBe('');
  });

  it('does not look at what stays out', async () => {
    add('.git/config');
    touch('app.py');
    touch('.git/config');
    expect((await plan()).place?.newest?.path).toBe('app.py');
  });
});

describe('an obstacle', () => {
  it('is a link that leads out of the folder', async () => {
    symlinkSync('/etc', path.join(root, 'etc'));
    symlinkSync('app.py', path.join(root, 'same.py'));
    const made = await plan();
    expect(made.leaving).toEqual({ items: [{ path: 'etc', target: '/etc' }], count: 1 });
    expect(made.obstacles).toEqual([expect.objectContaining({ code: 'links_leave_folder', detail: 'etc -> /etc' })]);
  });

  it('is a folder that nothing is published from', async () => {
    const ask = (publishablePaths: string[]) =>
      answer(JSON.stringify({ kind: 'plan', root, entry: 'app.py', scope: 'folder', publishablePaths }));
    expect(await ask(['/shared'])).toMatchObject({ plan: { files: 1, obstacles: [{ code: 'path_forbidden' }] } });
    expect(await ask(['/shared', home])).toMatchObject({ plan: { obstacles: [] } });
  });

  it('is more than may be published, of which no more is looked at', async () => {
    for (let i = 0; i < 10; i++) {
      add(`data/${i}.csv`);
    }
    const made = await plan({}, { files: 5, bytes: 1_000 });
    expect([made.complete, made.files, codes(made)]).toEqual([false, 6, ['too_large']]);
  });

  it('of files that are served as they are saved is an entry that is not there, and nothing that keeps them from being copied', async () => {
    add('.dashboardignore', 'app.py\n');
    add('closed.csv');
    chmodSync(path.join(root, 'closed.csv'), 0);
    symlinkSync('/etc', path.join(root, 'etc'));
    const made = async (request: Partial<PlanRequest>, most = 100) =>
      codes(await asSomebody(() => plan(request, { files: most, bytes: 1_000 })));
    expect(await made({})).toEqual(['folder_not_readable', 'links_leave_folder', 'file_missing']);
    expect(await made({ live: true })).toEqual([]);
    expect(await made({ live: true }, 1)).toEqual([]);
    expect(await made({ live: true, entry: 'other.py' })).toEqual(['file_missing']);
  });

  it('is an entry that is not there, or that a rule leaves out', async () => {
    add('.dashboardignore', 'app.py\n');
    const [left] = (await plan()).obstacles;
    expect(left).toMatchObject({
      code: 'file_missing',
      message: 'The file app.py is left out of the version.'
    });
    expect((await plan({ entry: 'other.py' })).obstacles[0]?.message).toBe('The file other.py is not in the folder.');
    expect(codes(await plan({ entry: '.' }))).toEqual([]);
  });

  it('is what may not be read', async () => {
    add('private/a.csv');
    add('secret.csv');
    chmodSync(path.join(root, 'secret.csv'), 0);
    expect((await asSomebody(() => plan())).obstacles).toEqual([
      expect.objectContaining({ code: 'folder_not_readable', detail: 'secret.csv' })
    ]);
    chmodSync(path.join(root, 'private'), 0);
    const made = await asSomebody(() => plan());
    expect([made.complete, made.obstacles[0]?.detail]).toEqual([false, 'private']);
    chmodSync(path.join(root, 'private'), 0o755);
  });
});

describe('there is no plan', () => {
  it.each([
    ['of a folder that is not there', { root: '~/gone' }, 'file_missing'],
    ['of a file that is not there', { entry: 'gone.py', scope: 'file' as const }, 'file_missing'],
    ['of a file outside of the folder', { entry: '../app.py', scope: 'file' as const }, 'file_missing'],
    ['of a file in place of the folder', { root: '~/sales/app.py' }, 'folder_not_readable']
  ])('%s', async (_what, change, code) => {
    const error: unknown = await plan(change).catch((reason: unknown) => reason);
    expect(error instanceof ProblemError && error.problem.code).toBe(code);
  });
});

describe('what has changed since a version', () => {
  const since = { dashboard: 'd1', version: 1 };
  const publish = () =>
    takeSnapshot({
      places: placesOf(home, 'd1'),
      home,
      version: 1,
      source: { root, entry: 'app.py', scope: 'folder' },
      signal: new AbortController().signal,
      limits: DEFAULT_LIMITS,
      progress: () => undefined
    });
  const nothing = { items: [], count: 0 };

  it('is nothing of what is the same, also where it was saved anew, touched or moved there again', async () => {
    add('saved.py');
    add('touched.py');
    add('moved.py');
    await publish();
    rmSync(path.join(root, 'saved.py'));
    add('saved.py');
    utimesSync(path.join(root, 'touched.py'), 1, 1);
    renameSync(path.join(root, 'moved.py'), path.join(root, 'x'));
    renameSync(path.join(root, 'x'), path.join(root, 'moved.py'));
    expect((await plan({ since })).changes).toEqual({ version: 1, added: nothing, changed: nothing, removed: nothing });
  });

  it('is named', async () => {
    ['content.py', 'size.py', 'program.sh', 'gone.py'].forEach(file => add(file));
    symlinkSync('app.py', path.join(root, 'link'));
    await publish();
    add('content.py', 'content.PY');
    add('size.py', 'longer than before');
    chmodSync(path.join(root, 'program.sh'), 0o755);
    rmSync(path.join(root, 'gone.py'));
    rmSync(path.join(root, 'link'));
    symlinkSync('size.py', path.join(root, 'link'));
    add('new/a.csv');
    expect((await plan({ since })).changes).toEqual({
      version: 1,
      added: { items: ['new/a.csv'], count: 1 },
      changed: { items: ['content.py', 'link', 'program.sh', 'size.py'], count: 4 },
      removed: { items: ['gone.py'], count: 1 }
    });
  });

  it('is not known of a version that is not here', async () => {
    expect((await plan({ since })).changes).toBeNull();
  });

  it('does not tell that something was removed which was not looked for', async () => {
    add('a.csv');
    await publish();
    expect((await plan({ since }, { files: 1, bytes: 1_000 })).changes).toBeNull();
  });
});

/** Everybody may look into the home folder, and root may read everything. */
function asSomebody<T>(work: () => Promise<T>): Promise<T> {
  chmodSync(home, 0o755);
  return asOrdinaryUser(work);
}
