import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setImmediate } from 'node:timers/promises';

import { Value } from 'typebox/value';

import { Plan, type PlanRequest } from '../../contract';
import { MADE_UP_TOKENS } from '../../files/testing/made-up-tokens';
import { DEFAULT_LIMITS, type Limits } from '../../files/limits';
import { ProblemError } from '../../problem-error';
import { makeGitPlan } from './git-plan';
import { Clone } from './testing/clone';

const URL = 'https://git.example.org/team/sales.git';

let clone: Clone;
let home: string;
let tree: string;
let canary: string;

const git = (...words: string[]) => clone.git(...words);
const add = (file: string, text?: string) => clone.add(file, text);
const commit = () => clone.commit();

/** Commits, and pushes. */
function push(branch?: string): string {
  const hash = commit();
  clone.pushed(branch);
  return hash;
}

beforeEach(() => {
  clone = new Clone('https://token@git.example.org/team/sales.git');
  ({ home, tree } = clone);
  canary = path.join(home, 'canary');
  add('app.py', 'import streamlit');
});
afterEach(() => clone.remove());

type Change = Partial<Omit<PlanRequest, 'repository'>> & { repository?: Partial<PlanRequest['repository']> };

function ask(
  { repository, ...change }: Change = {},
  limits: Limits = DEFAULT_LIMITS,
  signal = new AbortController().signal,
  PATH = process.env['PATH']
): Promise<Plan> {
  const wanted = { url: URL, ref: 'main', root: '.', ...repository };
  const request = { root: tree, entry: 'app.py', scope: 'folder' as const, ...change, repository: wanted };
  return makeGitPlan(request, { home, environment: { ...process.env, HOME: home, PATH }, limits, signal });
}

async function plan(...asked: Parameters<typeof ask>): Promise<Plan> {
  const made = await ask(...asked);
  expect([...Value.Errors(Plan, made)]).toEqual([]);
  return made;
}

async function problem(...asked: Parameters<typeof ask>): Promise<ProblemError['problem']> {
  const error: unknown = await ask(...asked).catch((reason: unknown) => reason);
  if (error instanceof ProblemError) {
    return error.problem;
  }
  throw error;
}

/** Git that never comes to the end of what begins with `words`; says so, and what process it is, in the file `marker`. */
function slowGit(marker: string, words = 'ls-tree', seconds = 1_000): string {
  const slow = `$real "$@"; echo $$ > ${marker}.new; mv ${marker}.new ${marker}; exec sleep ${seconds}`;
  return gitThat(`case "$*" in *"${words}"*) ${slow};; esac`);
}

/** A PATH with a git that does something else before, which knows the real one as `$real`. */
function gitThat(does: string): string {
  const programs = path.join(home, 'programs');
  const real = execFileSync('sh', ['-c', 'command -v git'], { encoding: 'utf8' }).trim();
  mkdirSync(programs);
  writeFileSync(path.join(programs, 'git'), `#!/bin/sh\nreal=${real}\n${does}\nexec $real "$@"\n`, { mode: 0o755 });
  return `${programs}:${process.env['PATH'] ?? ''}`;
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) {
    await setImmediate();
  }
}

const codes = ({ obstacles }: Plan) => obstacles.map(({ code }) => code);

describe('the plan of a repository', () => {
  it('is of the commit on the remote, and not of what the clone has besides', async () => {
    add('data/a.csv', 'x'.repeat(1_000));
    const pushed = push();
    add('data/a.csv', 'other');
    add('data/more.csv');
    commit();
    add('new.py');
    const made = await plan();
    expect(made).toMatchObject({ files: 2, bytes: 1_016, folders: 1, complete: true, obstacles: [], place: null });
    expect(made.repository).toEqual({ commit: pushed, fixed: false, modules: { items: [], count: 0 } });
    expect(made.largest).toEqual([
      { path: 'data/a.csv', bytes: 1_000 },
      { path: 'app.py', bytes: 16 }
    ]);
  });

  it('says of what stays out why it does, as of files on the disk', async () => {
    for (const file of [
      'web/node_modules/a/b.js',
      'v/pyvenv.cfg',
      'v/lib/x.py',
      'deep/__pycache__/a.pyc',
      'notes.txt'
    ]) {
      add(file);
    }
    add('.dashboardignore', '*.txt\n');
    push();
    const made = await plan();
    expect(made).toMatchObject({ files: 2, folders: 2 });
    expect(made.excluded).toEqual({
      items: [
        { path: 'deep/__pycache__', why: 'cache', folder: true },
        { path: 'notes.txt', why: 'rule', folder: false },
        { path: 'v', why: 'environment', folder: true },
        { path: 'web/node_modules', why: 'packages', folder: true }
      ],
      count: 4
    });
  });

  it('follows the rules of that commit and of its folder alone', async () => {
    add('apps/app.py');
    add('apps/a.csv');
    add('.dashboardignore', '*.csv\n');
    push();
    add('apps/.dashboardignore', '*.csv\n');
    expect(await plan({ repository: { root: 'apps' } })).toMatchObject({ files: 2, excluded: { count: 0 } });
    push();
    expect(await plan({ repository: { root: 'apps' } })).toMatchObject({ files: 2, excluded: { count: 1 } });
  });

  it('is of one file alone where that is all that is published', async () => {
    add('data/a.csv');
    push();
    const made = await plan({ entry: 'data/a.csv', scope: 'file' });
    expect(made).toMatchObject({ files: 1, bytes: 10, folders: 0, obstacles: [] });
    expect(codes(await plan({ entry: 'data', scope: 'file' }))).toEqual(['file_missing']);
  });

  it('names tokens in what would be published of the commit, and not in what the clone has besides', async () => {
    const token = MADE_UP_TOKENS[0]?.[1] ?? '';
    const output = { output_type: 'stream', text: [`it is\n${token}\n`] };
    add('a.ipynb', JSON.stringify({ cells: [{ cell_type: 'code', source: 'print()', outputs: [output] }] }));
    add('load.py', `TOKEN = '${token}'`);
    add('same.py', `TOKEN = '${token}'`);
    add('large.py', ' '.repeat(2 ** 20) + token);
    add('data.csv', token);
    add('out.py', token);
    add('.dashboardignore', 'out.py\n');
    symlinkSync('load.py', path.join(tree, 'link.py'));
    push();
    add('not-committed.py', token);
    const made = await plan();
    expect(made.tokens?.items).toEqual([
      { path: 'a.ipynb', kind: 'github', output: true },
      { path: 'load.py', kind: 'github', output: false },
      { path: 'same.py', kind: 'github', output: false }
    ]);
    expect(JSON.stringify(made)).not.toContain(token);
    expect((await plan({ scope: 'file' })).tokens?.count).toBe(0);
  });

  it('names tokens in more than Git says at once', async () => {
    const token = MADE_UP_TOKENS[0]?.[1] ?? '';
    const names = Array.from({ length: 5 }, (_, at) => `${at}.ipynb`);
    names.forEach(name => add(name, name + ' '.repeat(5 * 2 ** 20) + token));
    push();
    expect((await plan()).tokens?.items.map(({ path: at }) => at)).toEqual(names);
  });

  it('names what probably holds secrets, links that lead out, and names that are not UTF-8', async () => {
    add('keys/server.pem');
    symlinkSync('/mnt/data', path.join(tree, 'data'));
    symlinkSync('../app.py', path.join(tree, 'keys/inside'));
    writeFileSync(Buffer.concat([Buffer.from(`${tree}/b`), Buffer.from([0xff])]), 'x');
    push();
    const made = await plan();
    expect(made.secrets.items).toEqual(['keys/server.pem']);
    expect(made.leaving.items).toEqual([{ path: 'data', target: '/mnt/data' }]);
    expect(made.skipped.items).toEqual([{ path: 'b\uFFFD', why: 'name' }]);
    expect(codes(made)).toEqual(['links_leave_folder']);
  });

  it('says that the file is not in that commit, or left out there', async () => {
    const pushed = push();
    add('new.py');
    commit();
    const [obstacle] = (await plan({ entry: 'new.py' })).obstacles;
    expect(obstacle).toMatchObject({ code: 'file_missing', fix: expect.stringContaining('push') });
    expect(obstacle?.message).toContain(pushed.slice(0, 12));
    add('.dashboardignore', 'app.py\n');
    push();
    expect((await plan()).obstacles[0]?.message).toContain('left out');
  });

  it('is of a branch, a tag or a commit, as far as the clone knows them', async () => {
    const first = push();
    git('tag', '--annotate', '--message=x', 'v1');
    git('update-ref', 'refs/remotes/origin/HEAD', first);
    add('b.py');
    const second = push('next');
    const of = async (ref: string) => (await plan({ repository: { ref } })).repository;
    expect(await of('v1')).toMatchObject({ commit: first, fixed: false });
    expect(await of('')).toMatchObject({ commit: first, fixed: false });
    expect(await of('refs/heads/next')).toMatchObject({ commit: second, fixed: false });
    expect(await of(second)).toMatchObject({ commit: second, fixed: true });
    expect(await of(second.slice(0, 10))).toMatchObject({ commit: second, fixed: false });
  });

  it('tells what has changed since a version, by what is published of each', async () => {
    add('old.csv');
    add('kept.csv');
    add('run.sh');
    add('notes.txt');
    const live = push();
    rmSync(path.join(tree, 'old.csv'));
    add('app.py', 'import panel');
    add('new.csv');
    chmodSync(path.join(tree, 'run.sh'), 0o755);
    add('.dashboardignore', '*.txt\n');
    push();
    const since = { dashboard: 'd1', version: 3, commit: live };
    expect((await plan({ since })).changes).toEqual({
      version: 3,
      added: { items: ['.dashboardignore', 'new.csv'], count: 2 },
      changed: { items: ['app.py', 'run.sh'], count: 2 },
      removed: { items: ['notes.txt', 'old.csv'], count: 2 }
    });
    expect((await plan({ since, scope: 'file' })).changes).toMatchObject({
      added: { count: 0 },
      changed: { count: 1 },
      removed: { count: 0 }
    });
    expect((await plan({ since: { ...since, commit: 'a'.repeat(40) } })).changes).toBeNull();
    expect((await plan({ since: { dashboard: 'd1', version: 3 } })).changes).toBeNull();
  });

  it('counts no more than may be published, and says that it is too much', async () => {
    ['a', 'b', 'c'].forEach(name => add(name));
    push();
    const made = await plan({}, { files: 2, bytes: 1e9 });
    expect(made.complete).toBe(false);
    expect(codes(made)).toEqual(['too_large']);
    expect(codes(await plan({}, { files: 10, bytes: 10 }))).toEqual(['too_large']);
  });

  it('tells what it has found when the time is out, and leaves no git behind', async () => {
    push();
    const late = new AbortController();
    const marker = path.join(home, 'listing');
    const asked = ask({}, DEFAULT_LIMITS, late.signal, slowGit(marker));
    await until(() => existsSync(marker));
    late.abort(new DOMException('late', 'TimeoutError'));
    expect(await asked).toMatchObject({ complete: false, files: 1, bytes: 16, obstacles: [] });
    const pid = readFileSync(marker, 'utf8').trim();
    await until(() => !existsSync(`/proc/${pid}`));
  });

  it('has all the time that a person is kept waiting for one question to Git', async () => {
    add('.dashboardignore', 'data\n');
    push();
    const marker = path.join(home, 'asking');
    const asked = plan({}, DEFAULT_LIMITS, new AbortController().signal, slowGit(marker, 'cat-file --batch', 6));
    expect(await asked).toMatchObject({ complete: true, files: 2 });
    expect(existsSync(marker)).toBe(true);
  });

  it('is made of a large repository as well', async () => {
    const blob = execFileSync('git', ['-C', tree, 'hash-object', '-w', '--stdin'], { input: 'x', encoding: 'utf8' });
    const lines = Array.from({ length: 150_000 }, (_, i) => `100644 ${blob.trim()}\t${'n'.repeat(90)}/${i % 100}/${i}`);
    execFileSync('git', ['-C', tree, 'update-index', '--index-info'], { input: lines.join('\n') });
    git('add', 'app.py');
    const id = git('-c', 'user.name=a', '-c', 'user.email=a@b', 'commit-tree', '-m', 'x', git('write-tree'));
    git('update-ref', 'refs/remotes/origin/main', id);
    expect(await plan()).toMatchObject({ files: 150_001, bytes: 150_016, folders: 101, complete: true, obstacles: [] });
  });
});

describe('what a repository keeps elsewhere', () => {
  const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${'a'.repeat(64)}\nsize 5000000\n`;

  it('in Git LFS is counted where it is asked for, and in the way where it is not', async () => {
    add('apps/app.py');
    add('apps/big.csv', pointer);
    add('apps/example.txt', pointer);
    add('.gitattributes', '*.csv filter=lfs\n');
    push();
    const repository = { root: 'apps' };
    const without = await plan({ repository });
    expect(codes(without)).toEqual(['git_unsupported']);
    expect(without.obstacles[0]?.detail).toBe('big.csv');
    const indexes = path.join(home, 'indexes');
    const PATH = gitThat(`echo "$GIT_INDEX_FILE" >> ${indexes}`);
    const lfs = { repository: { ...repository, lfs: true } };
    const made = await plan(lfs, DEFAULT_LIMITS, new AbortController().signal, PATH);
    expect(made).toMatchObject({ files: 3, bytes: 5_000_000 + pointer.length + 11, obstacles: [] });
    const folders = new Set(readFileSync(indexes, 'utf8').split('\n').filter(Boolean).map(path.dirname));
    expect([...folders].filter(folder => !folder.startsWith(path.join(tmpdir(), 'dashboards-rules-')))).toEqual([]);
    expect([folders.size, ...[...folders].map(folder => existsSync(folder))]).toEqual([1, false]);
  });

  it('in other repositories is named where it is asked for, and in the way where it is not', async () => {
    const id = push();
    git('update-index', '--add', '--cacheinfo', `160000,${id},lib/charts`);
    git('commit', '--quiet', '--message', 'x');
    git('update-ref', 'refs/remotes/origin/main', 'HEAD');
    const without = await plan();
    expect(codes(without)).toEqual(['git_unsupported']);
    expect(without.obstacles[0]?.detail).toBe('lib/charts');
    const made = await plan({ repository: { submodules: true } });
    expect(made.obstacles).toEqual([]);
    expect(made.repository?.modules).toEqual({ items: ['lib/charts'], count: 1 });
  });
});

describe('nothing can be said', () => {
  it('of a repository that this is no clone of, and of a folder in none', async () => {
    push();
    const other = await problem({ repository: { url: 'https://git.example.org/other' } });
    expect(other).toMatchObject({ code: 'git_ref_missing', fix: expect.stringContaining('all the same') });
    expect(await problem({ root: home })).toMatchObject({ code: 'git_ref_missing' });
  });

  it('of a branch or a commit that the clone does not know', async () => {
    push();
    const unknown = await problem({ repository: { ref: 'next' } });
    expect(unknown).toMatchObject({ code: 'git_ref_missing', fix: expect.stringContaining('git fetch origin') });
    expect(await problem({ repository: { ref: 'b'.repeat(40) } })).toMatchObject({ code: 'git_ref_missing' });
  });

  it('of a folder that the commit does not have, or that is a file there', async () => {
    push();
    for (const root of ['apps', 'app.py']) {
      expect(await problem({ repository: { root } })).toMatchObject({ code: 'file_missing' });
    }
  });

  it('of contents that a partial clone lacks, and none is fetched', async () => {
    push();
    git('config', 'remote.origin.promisor', 'true');
    git('config', 'extensions.partialClone', 'origin');
    git('config', 'remote.origin.uploadpack', `touch ${canary};`);
    const blob = git('rev-parse', 'HEAD:app.py');
    rmSync(path.join(tree, '.git/objects', blob.slice(0, 2), blob.slice(2)));
    expect(await problem()).toMatchObject({ code: 'git_ref_missing', message: expect.stringContaining('part') });
    expect(existsSync(canary)).toBe(false);
  });

  it('of a clone that Git does not find that commit in before the time is out', async () => {
    push();
    const late = new AbortController();
    const marker = path.join(home, 'asking');
    const asked = problem({}, DEFAULT_LIMITS, late.signal, slowGit(marker, 'rev-parse --verify'));
    await until(() => existsSync(marker));
    late.abort(new DOMException('late', 'TimeoutError'));
    const fix = expect.stringMatching(/^It can be published all the same/) as string;
    const message = 'Git took too long to find that commit in the clone here.';
    expect(await asked).toEqual({ code: 'git_failed', message, fix, retryable: true });
  });

  it('of rules without end; of an earlier version with such ones, what has changed', async () => {
    add('.dashboardignore', 'data/file\n'.repeat(2_000_000));
    const commit = push();
    expect(await problem()).toMatchObject({
      code: 'too_large',
      message: 'The file .dashboardignore of that commit holds 20 MB, too much to go by here.',
      fix: expect.stringMatching(/^It can be published all the same/) as string
    });
    add('.dashboardignore', 'data\n');
    push();
    const since = { dashboard: '0'.repeat(26), version: 1, commit };
    expect(await plan({ since })).toMatchObject({ files: 2, complete: true, changes: null });
  });

  it('where Git says more than is looked through', async () => {
    push();
    const programs = path.join(home, 'programs');
    mkdirSync(programs);
    writeFileSync(path.join(programs, 'git'), '#!/bin/sh\nexec cat /dev/zero\n', { mode: 0o755 });
    const PATH = `${programs}:${process.env['PATH'] ?? ''}`;
    const { code, fix } = await problem({}, DEFAULT_LIMITS, new AbortController().signal, PATH);
    expect([code, fix]).toEqual(['too_large', expect.stringMatching(/^It can be published all the same/)]);
  });

  it('without Git', async () => {
    push();
    const repository = { url: URL, ref: 'main', root: '.' };
    const input = { home, limits: DEFAULT_LIMITS, signal: new AbortController().signal };
    const asked = makeGitPlan(
      { root: tree, entry: 'app.py', scope: 'folder', repository },
      { ...input, environment: { PATH: '/nowhere' } }
    );
    const error: unknown = await asked.catch((reason: unknown) => reason);
    expect(error).toMatchObject({ problem: { code: 'git_missing' } });
  });
});

describe('somebody who means harm', () => {
  it.each([
    '--upload-pack=touch x',
    '-x',
    'main:app.py',
    'main^{/x}',
    '@{-1}',
    'main@{upstream}',
    'a..b',
    ':/x',
    'a\nb',
    '../../heads/main'
  ])('cannot ask for %j', async ref => {
    push();
    expect(await problem({ repository: { ref } })).toMatchObject({ code: 'git_address' });
  });

  it.each(['../etc', '/etc', '.git', 'a\0b', 'a\nb'])('cannot ask for the folder %j', async root => {
    push();
    expect(await problem({ repository: { root } })).toMatchObject({ code: 'git_address' });
  });

  it('has nothing run that the repository names, and nothing changed in it', async () => {
    writeFileSync(`${canary}.sh`, `#!/bin/sh\ntouch ${canary}\n`);
    chmodSync(`${canary}.sh`, 0o755);
    add('a.csv', `version https://git-lfs.github.com/spec/v1\noid sha256:${'a'.repeat(64)}\nsize 5\n`);
    add('.gitattributes', '*.csv filter=lfs diff=evil\n');
    push();
    for (const name of ['core.fsmonitor', 'core.pager', 'core.sshCommand', 'diff.external', 'filter.lfs.process']) {
      git('config', name, `${canary}.sh`);
    }
    git('config', 'filter.lfs.smudge', `${canary}.sh`);
    rmSync(canary, { force: true });
    const before = statSync(path.join(tree, '.git/index')).mtimeMs;
    await plan();
    expect(existsSync(canary)).toBe(false);
    expect(statSync(path.join(tree, '.git/index')).mtimeMs).toBe(before);
    expect(existsSync(path.join(tree, '.git/index.lock'))).toBe(false);
  });

  it('puts nothing in the place of what the remote has', async () => {
    const real = push();
    add('more.py');
    const other = commit();
    git('replace', real, other);
    expect(await plan()).toMatchObject({ files: 1 });
  });
});
