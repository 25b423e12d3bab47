import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync
} from 'node:fs';
import { readdir, readFile, readlink, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import type { Selection } from '../../contract';
import type { ManifestEntry } from '../../files/manifest';
import { readManifest } from '../../files/read-manifest';
import { ProblemError } from '../../problem-error';
import { asOrdinaryUser } from '../testing/ordinary-user';
import { copierThat } from '../testing/copier-double';
import { makeUnremovable, removeByForce } from '../testing/deep-tree';
import { placesOf } from '../../files/places';
import { sweep } from './remove';
import { takeSnapshot, type Snapshot, type SnapshotInput } from './snapshot';
import { DEFAULT_LIMITS } from '../../files/limits';

let home: string;
let root: string;

beforeEach(() => {
  home = mkdtempSync(path.join(tmpdir(), 'snapshot-'));
  root = path.join(home, 'sales');
  add('app.py', 'import streamlit');
});

afterEach(() => rm(home, { recursive: true, force: true }));

function add(file: string, text: string | Buffer = file): void {
  const target = path.join(root, file);
  mkdirSync(path.dirname(target), { recursive: true });
  writeFileSync(target, text);
}

/** Makes everything in the folder look as if it had been written long ago. */
function age(...files: string[]): void {
  for (const file of files) {
    utimesSync(path.join(root, file), 1_600_000_000.123, 1_600_000_000.456);
  }
}

function places(): ReturnType<typeof placesOf> {
  return placesOf(home, 'd1');
}

function take(version: number, more: Partial<SnapshotInput> & { from?: Partial<Selection> } = {}): Promise<Snapshot> {
  const { from, ...input } = more;
  return takeSnapshot({
    places: places(),
    home,
    version,
    source: { root, entry: 'app.py', scope: 'folder', ...from },
    signal: new AbortController().signal,
    limits: DEFAULT_LIMITS,
    progress: () => undefined,
    ...input
  });
}

async function problem(taken: Promise<unknown>): Promise<ProblemError['problem']> {
  const error: unknown = await taken.then(
    () => null,
    (reason: unknown) => reason
  );
  if (!(error instanceof ProblemError)) {
    throw new Error(`no problem but ${String(error)}`);
  }
  return error.problem;
}

function entries(version: number): ManifestEntry[] {
  return readManifest(places().manifest(version))?.entries ?? [];
}

const paths = ({ manifest }: Snapshot) => entries(manifest.version).map(entry => entry.path);
const inode = (version: number, file: string) => statSync(path.join(places().files(version), file)).ino;
const names = () => readdir(places().versions);

describe('a version', () => {
  it('holds the files with their times, read-only, under a hash of their content alone', async () => {
    add('data/sales.csv', 'a,b\n1,2\n');
    add('run.sh', '#!/bin/sh\n');
    chmodSync(path.join(root, 'run.sh'), 0o755);
    age('data/sales.csv');
    const first = await take(1);
    expect(paths(first)).toEqual(['app.py', 'data', 'data/sales.csv', 'run.sh']);
    expect(first.manifest).toMatchObject({ files: 3, bytes: 16 + 8 + 10, version: 1 });
    const copy = await stat(path.join(places().files(1), 'data/sales.csv'));
    expect(Math.round(copy.mtimeMs)).toBe(1_600_000_000_456);
    expect(copy.mode & 0o777).toBe(0o444);
    expect((await stat(path.join(places().files(1), 'run.sh'))).mode & 0o777).toBe(0o555);
    expect((await stat(places().versions)).mode & 0o077).toBe(0);

    utimesSync(path.join(root, 'app.py'), 1, 1);
    expect((await take(2)).manifest.hash).toBe(first.manifest.hash);
    add('data/sales.csv', 'a,b\n1,3\n');
    expect((await take(3)).manifest.hash).not.toBe(first.manifest.hash);
    expect(await readFile(path.join(places().files(1), 'data/sales.csv'), 'utf8')).toBe('a,b\n1,2\n');
  });

  it('is the same as the folder, compared file by file', async () => {
    add('deep/er/x.bin', Buffer.alloc(3_000_000, 7));
    add('empty', '');
    add('Größe 売上.csv');
    symlinkSync('deep/er', path.join(root, 'link'));
    await take(1);
    const difference = execFileSync('diff', ['-r', '--no-dereference', root, places().files(1)]);
    expect(difference.toString()).toBe('');
  });

  it('shares unchanged files with the version before, and never with the author', async () => {
    add('same.csv');
    add('changed.csv', 'one');
    const before = Date.now() + 10_000;
    await take(1);
    // As if the first copy had been made long after the files were written.
    const [summary, ...rest] = readFileSync(places().manifest(1), 'utf8').split('\n');
    const later = JSON.stringify({ ...(JSON.parse(summary ?? '') as object), startedAt: before });
    writeFileSync(places().manifest(1), [later, ...rest].join('\n'));
    add('changed.csv', 'two');
    await take(2);
    expect(inode(2, 'same.csv')).toBe(inode(1, 'same.csv'));
    expect(statSync(path.join(root, 'same.csv')).ino).not.toBe(inode(1, 'same.csv'));
    expect(await readFile(path.join(places().files(1), 'changed.csv'), 'utf8')).toBe('one');
    expect(await readFile(path.join(places().files(2), 'changed.csv'), 'utf8')).toBe('two');
  });

  it('shares nothing with the version before where something else has taken the place of a folder of that', async () => {
    add('data/sales.csv');
    add('more/sales.csv', 'more');
    age('data/sales.csv', 'more/sales.csv');
    await take(1);
    for (const folder of ['data', 'more']) {
      rmSync(path.join(places().files(1), folder), { recursive: true });
    }
    writeFileSync(path.join(places().files(1), 'data'), 'a file now');
    symlinkSync('more', path.join(places().files(1), 'more'));
    expect(paths(await take(2))).toEqual(['app.py', 'data', 'data/sales.csv', 'more', 'more/sales.csv']);
    expect(await readFile(path.join(places().files(2), 'data/sales.csv'), 'utf8')).toBe('data/sales.csv');
  });

  it('shares what was moved with the version before, but no other file of that size and time', async () => {
    add('model.bin', Buffer.alloc(500_000, 1));
    add('other.bin', Buffer.alloc(500_000, 2));
    age('model.bin', 'other.bin');
    await take(1);
    mkdirSync(path.join(root, 'models'));
    renameSync(path.join(root, 'model.bin'), path.join(root, 'models/new.bin'));
    renameSync(path.join(root, 'other.bin'), path.join(root, 'model.bin'));
    const { added } = await take(2);
    expect(added).toEqual({ files: 0, bytes: 0 });
    expect(inode(2, 'models/new.bin')).toBe(inode(1, 'model.bin'));
    expect(inode(2, 'model.bin')).toBe(inode(1, 'other.bin'));
    expect(readFileSync(path.join(places().files(2), 'model.bin'))[0]).toBe(2);
  });

  it('of a folder of the store’s own is made of its files, which nobody may write to any more', async () => {
    add('data/sales.csv', 'one');
    await take(1, { own: true });
    const own = (file: string) => statSync(path.join(root, file)).ino;
    expect(inode(1, 'data/sales.csv')).toBe(own('data/sales.csv'));
    expect(statSync(path.join(root, 'data/sales.csv')).mode & 0o777).toBe(0o444);
    rmSync(path.join(root, 'data/sales.csv'));
    add('data/sales.csv', 'two');
    expect((await take(2, { own: true })).added).toEqual({ files: 0, bytes: 0 });
    expect(inode(2, 'app.py')).toBe(own('app.py'));
    expect(inode(2, 'data/sales.csv')).toBe(own('data/sales.csv'));
    expect(readFileSync(path.join(places().files(1), 'data/sales.csv'), 'utf8')).toBe('one');
  });

  it('is copied beside everything else that this process has to do', async () => {
    for (let n = 0; n < 300; n++) {
      add(`data/${n}.csv`);
    }
    let [turns, copying] = [0, true];
    const turn = () => {
      turns += 1;
      if (copying) {
        setImmediate(turn);
      }
    };
    setImmediate(turn);
    await take(1);
    copying = false;
    expect(turns).toBeGreaterThan(300);
  });

  it('leaves out what is never part of an app, and what .dashboardignore names', async () => {
    for (const file of [
      '.git/config',
      'node_modules/a/b.js',
      'x/__pycache__/a.pyc',
      '.ipynb_checkpoints/a',
      '.dashboards/a'
    ]) {
      add(file);
    }
    add('env/pyvenv.cfg');
    add('env/lib/a.py');
    add('raw/big.csv');
    add('raw/keep.csv');
    add('notes.txt');
    add('.dashboardignore', 'raw/*\n!raw/keep.csv\n*.txt\n');
    expect(paths(await take(1))).toEqual(['.dashboardignore', 'app.py', 'raw', 'raw/keep.csv', 'x']);
  });

  it('of a home folder leaves out the hidden files in it', async () => {
    writeFileSync(path.join(home, '.bash_history'), 'secret');
    writeFileSync(path.join(home, 'app.py'), '');
    expect(paths(await take(1, { from: { root: '~' } }))).toEqual(['app.py', 'sales', 'sales/app.py']);
  });

  it('of one file holds that file alone', async () => {
    add('other.py');
    expect(paths(await take(1, { from: { scope: 'file' } }))).toEqual(['app.py']);
  });

  it('keeps holes of sparse files', async () => {
    execFileSync('truncate', ['-s', '64M', path.join(root, 'sparse.bin')]);
    await take(1);
    const copy = await stat(path.join(places().files(1), 'sparse.bin'));
    expect(copy.size).toBe(64 * 2 ** 20);
    expect(copy.blocks * 512).toBeLessThan(2 ** 20);
  });

  it('names probable secrets, pipes and sockets in its warnings', async () => {
    add('.env');
    add('.env.example');
    execFileSync('mkfifo', [path.join(root, 'pipe')]);
    const { warnings } = await take(1);
    expect(warnings).toEqual([
      '.env may hold a secret and is part of this version.',
      'pipe is left out: it is a named pipe.'
    ]);
  });

  it('names secrets that only their folder tells, of a folder and of one file', async () => {
    add('.aws/credentials');
    const warning = '.aws/credentials may hold a secret and is part of this version.';
    expect((await take(1)).warnings).toEqual([warning]);
    expect((await take(2, { from: { entry: '.aws/credentials', scope: 'file' } })).warnings).toEqual([warning]);
  });

  it('keeps links within the folder', async () => {
    symlinkSync('app.py', path.join(root, 'main.py'));
    await take(1);
    expect(await readlink(path.join(places().files(1), 'main.py'))).toBe('app.py');
  });
});

describe('nothing is left behind', () => {
  afterEach(async () => {
    expect(await names().catch(() => [])).toEqual([]);
  });

  it('when links lead out of the folder: they are listed', async () => {
    symlinkSync('/etc/passwd', path.join(root, 'a'));
    symlinkSync('../../other', path.join(root, 'b'));
    expect(await problem(take(1))).toMatchObject({
      code: 'links_leave_folder',
      detail: 'a -> /etc/passwd\nb -> ../../other'
    });
  });

  it('when the disk is full', async () => {
    add('b.csv');
    const full = Object.assign(new Error('no space'), { code: 'ENOSPC' });
    const copier = copierThat(at => {
      if (at === 'b.csv') {
        throw full;
      }
    });
    expect(await problem(take(1, { copier }))).toMatchObject({ code: 'disk_full' });
  });

  it('when versions cannot be kept: the folder where they would be is named, and not the author’s', async () => {
    const store = path.join(home, '.dashboards');
    const named = { code: 'folder_not_readable', message: expect.stringContaining(`The folder ${store},`) };
    for (const target of ['app.py', 'nowhere/at/all']) {
      symlinkSync(path.join(root, target), store);
      expect(await problem(take(1))).toMatchObject(named);
      rmSync(store);
    }
    mkdirSync(placesOf(home, 'd1').versions, { recursive: true });
    chmodSync(home, 0o755);
    if (process.geteuid?.() !== 0) {
      chmodSync(placesOf(home, 'd1').versions, 0o555);
    }
    expect(await problem(asOrdinaryUser(() => take(1)))).toMatchObject(named);
    rmSync(store, { recursive: true });
  });

  it('when a file is larger than this server may write', async () => {
    const copier = copierThat(() => {
      throw Object.assign(new Error('big'), { code: 'EFBIG' });
    });
    expect(await problem(take(1, { copier }))).toMatchObject({ code: 'too_large', detail: 'app.py' });
  });

  it('when the folder is too large', async () => {
    add('b.csv', 'x'.repeat(100));
    expect(await problem(take(1, { limits: { files: 10, bytes: 50 } }))).toMatchObject({ code: 'too_large' });
    expect(await problem(take(1, { limits: { files: 1, bytes: 5_000 } }))).toMatchObject({ code: 'too_large' });
  });

  it('when a file lies so deep that its path is too long', async () => {
    makeUnremovable(root);
    expect(await problem(take(1))).toMatchObject({
      code: 'too_large',
      message: 'A file lies so deep in the folder that its path is too long.'
    });
    removeByForce(root);
  });

  it('when a file keeps changing: it is named', async () => {
    add('busy.log', Buffer.alloc(2 ** 20));
    const copier = copierThat(
      () => undefined,
      () => appendFileSync(path.join(root, 'busy.log'), 'x')
    );
    expect(await problem(take(1, { copier }))).toMatchObject({ code: 'files_keep_changing', detail: 'busy.log' });
  });

  it('when the folder or the file is not there', async () => {
    expect(await problem(take(1, { from: { root: path.join(home, 'gone') } }))).toMatchObject({ code: 'file_missing' });
    expect(await problem(take(1, { from: { root: path.join(root, 'app.py') } }))).toMatchObject({
      code: 'folder_not_readable'
    });
    for (const entry of ['gone.py', '../sales/app.py', '/etc/passwd', 'a//b', '.']) {
      expect(await problem(take(1, { from: { scope: 'file', entry } }))).toMatchObject({ code: 'file_missing' });
    }
  });

  it('when it is cancelled', async () => {
    const controller = new AbortController();
    const taken = take(1, {
      signal: controller.signal,
      progress: () => controller.abort(new ProblemError('cancelled', 'x', { fix: 'y' }))
    });
    expect(await problem(taken)).toMatchObject({ code: 'cancelled' });
  });
});

it('what an earlier runner left half-made is swept, also folders that nobody may write to', async () => {
  const left = path.join(places().versions, '.tmp-3-abc', 'files', 'sub');
  mkdirSync(left, { recursive: true });
  writeFileSync(path.join(left, 'a'), '');
  chmodSync(left, 0o500);
  await take(1);
  await sweep(places());
  expect(await names()).toEqual(['1']);
  expect(existsSync(places().manifest(1))).toBe(true);
});
