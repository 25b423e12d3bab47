import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { Value } from 'typebox/value';

import { GitReply, type GitFacts } from '../../contract';
import { readGitFacts } from './git-facts';
import { Clone } from './testing/clone';

const URL = 'https://git.example.org/team/sales.git';

let clone: Clone;
let home: string;
let tree: string;
let canary: string;

const git = (...words: string[]) => clone.git(...words);
const add = (file: string, text?: string) => clone.add(file, text);
const commit = () => clone.commit();
const push = (branch?: string, remote?: string) => clone.pushed(branch, remote);

beforeEach(() => {
  clone = new Clone(URL);
  ({ home, tree } = clone);
  canary = path.join(home, 'canary');
  add('app.py');
  add('reports/app.py');
  commit();
  push();
  git('branch', '--quiet', '--set-upstream-to=origin/main');
});
afterEach(() => clone.remove());

function ask(root = tree, entry = 'app.py', environment: NodeJS.ProcessEnv = {}): Promise<GitReply> {
  return readGitFacts({ root, entry }, home, { ...process.env, HOME: home, ...environment });
}

async function facts(root = tree, entry = 'app.py'): Promise<GitFacts> {
  const reply = await ask(root, entry);
  expect([...Value.Errors(GitReply, reply)]).toEqual([]);
  if (reply.git === null) {
    throw new Error('Git says nothing');
  }
  return reply.git;
}

describe('of a file in a clone', () => {
  it('that is clean and pushed, everything needed to fetch it is known', async () => {
    expect(await facts(path.join(tree, 'reports'))).toEqual({
      branch: 'main',
      commit: git('rev-parse', 'HEAD'),
      dirty: { items: [], count: 0 },
      ahead: 0,
      hasEntry: true,
      offer: { remote: 'origin', url: URL, ref: 'main', root: 'reports' }
    });
    expect((await facts('~/sales', '.')).offer?.root).toBe('.');
  });

  it('what is not committed is named, of its folder alone', async () => {
    add('reports/app.py', 'changed');
    add('reports/new one.csv');
    add('elsewhere.csv');
    git('mv', 'app.py', 'main.py');
    expect((await facts(path.join(tree, 'reports'))).dirty).toEqual({ items: ['app.py', 'new one.csv'], count: 2 });
    expect((await facts()).dirty.items).toEqual(['main.py', 'reports/app.py', 'elsewhere.csv', 'reports/new one.csv']);
  });

  it('what is not pushed is counted', async () => {
    add('b.py');
    commit();
    expect((await facts()).ahead).toBe(1);
  });

  it('a file that was never committed is told from one that was', async () => {
    add('new.py');
    expect((await facts(tree, 'new.py')).hasEntry).toBe(false);
  });

  it('the branch has on the remote the name that it is pushed to', async () => {
    push('release');
    git('config', 'branch.main.merge', 'refs/heads/release');
    expect((await facts()).offer?.ref).toBe('release');
  });

  it('a branch of no upstream is the one of that name, if the remote has it', async () => {
    git('checkout', '--quiet', '-b', 'trial');
    push('trial');
    expect((await facts()).offer?.ref).toBe('trial');
    git('checkout', '--quiet', '-b', 'private');
    add('b.py');
    commit();
    expect(await facts()).toMatchObject({ branch: 'private', offer: null });
  });

  it('a commit without a branch is offered itself, if the remote has it', async () => {
    git('checkout', '--quiet', '--detach');
    const head = git('rev-parse', 'HEAD');
    expect(await facts()).toMatchObject({ branch: null, offer: { ref: head } });
    add('b.py');
    commit();
    expect((await facts()).offer).toBeNull();
  });

  it.each([
    ['https://alice:secret@git.example.org/x', 'https://git.example.org/x'],
    ['https://token@git.example.org/x', 'https://git.example.org/x'],
    ['ssh://git:secret@git.example.org/x', 'ssh://git@git.example.org/x'],
    ['git@git.example.org:team/x.git', 'git@git.example.org:team/x.git'],
    ['http://git.example.org/x', null],
    ['file:///srv/x', null],
    ['/srv/x', null],
    ['ext::sh -c x', null],
    ['git://git.example.org/x', null]
  ])('whose remote is %s, the hub is offered %s', async (url, offered) => {
    git('config', 'remote.origin.url', url);
    expect((await facts()).offer?.url ?? null).toBe(offered);
  });
});

describe('nothing is said', () => {
  it('of a folder in no work tree, of one in .git, and without Git', async () => {
    expect(await ask(home)).toEqual({ git: null, problem: null });
    expect(await ask(path.join(tree, '.git'))).toEqual({ git: null, problem: null });
    expect(await ask(tree, 'app.py', { PATH: '/nowhere' })).toEqual({ git: null, problem: null });
  });

  it('of a clone that belongs to somebody else, but why', async () => {
    const reply = await ask(tree, 'app.py', { PATH: foreignGit() });
    const command = `git config --global --add safe.directory '${tree}'`;
    expect(reply).toMatchObject({ git: null, problem: { fix: expect.stringContaining(command) } });
  });

  /** Git as it is for somebody else than the owner. */
  function foreignGit(): string {
    const programs = path.join(home, 'programs');
    const real = execFileSync('sh', ['-c', 'command -v git'], { encoding: 'utf8' }).trim();
    mkdirSync(programs);
    writeFileSync(
      path.join(programs, 'git'),
      `#!/bin/sh\nexport GIT_TEST_ASSUME_DIFFERENT_OWNER=1\nexec ${real} "$@"\n`
    );
    chmodSync(path.join(programs, 'git'), 0o755);
    return programs;
  }
});

describe('a repository of somebody who means harm', () => {
  /** A program that says that it was run. */
  const evil = () => `touch ${canary}; cat`;

  it.each([
    ['a file system monitor', () => git('config', 'core.fsmonitor', `${canary}.sh`), true],
    ['a filter', () => filter('clean'), true],
    ['a filter that goes on running', () => filter('process'), true],
    ['a pager', () => git('config', 'core.pager', evil()), false],
    ['an external comparison', () => git('config', 'diff.external', evil()), false],
    ['a hook', () => hook(), false],
    ['a remote that is a command', () => git('config', 'remote.origin.url', `ext::sh -c touch% ${canary}`), false]
  ])('runs nothing by %s', async (_what, prepare, ordinary) => {
    writeFileSync(`${canary}.sh`, `#!/bin/sh\ntouch ${canary}\n`);
    chmodSync(`${canary}.sh`, 0o755);
    prepare();
    rmSync(canary, { force: true });
    // Of the same size, with other times: whether it has changed is in its content alone.
    writeFileSync(path.join(tree, 'app.py'), 'APP.py');
    utimesSync(path.join(tree, 'app.py'), 1, 1);
    expect((await facts()).dirty.items).toContain('app.py');
    expect(existsSync(canary)).toBe(false);
    if (ordinary) {
      // Git as people use it does run it, whatever becomes of that.
      spawnSync('git', ['-C', tree, 'status'], { env: { ...process.env, HOME: home } });
      expect(existsSync(canary)).toBe(true);
    }
  });

  function filter(kind: string): void {
    git('config', `filter.harm.${kind}`, kind === 'clean' ? evil() : `${canary}.sh`);
    add('.git/info/attributes', '* filter=harm\n');
  }

  function hook(): string {
    add('.git/hooks/post-index-change', `#!/bin/sh\ntouch ${canary}\n`);
    chmodSync(path.join(tree, '.git/hooks/post-index-change'), 0o755);
    return '';
  }

  it('fetches nothing for a clone that lacks objects', async () => {
    git('config', 'remote.origin.promisor', 'true');
    git('config', 'remote.origin.partialclonefilter', 'blob:none');
    git('config', 'extensions.partialClone', 'origin');
    git('config', 'remote.origin.url', `ext::sh -c touch% ${canary}`);
    const blob = git('rev-parse', 'HEAD:app.py');
    rmSync(path.join(tree, '.git/objects', blob.slice(0, 2), blob.slice(2)));
    await facts();
    expect(existsSync(canary)).toBe(false);
  });

  it('is not even asked with a filter of a name that Git cannot be told', async () => {
    git('config', '--file', '.git/config', 'filter.a=b.clean', evil());
    const error: unknown = await ask().catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(Error);
    expect(existsSync(canary)).toBe(false);
  });

  it('changes nothing: its index is as it was', async () => {
    utimesSync(path.join(tree, 'app.py'), 1, 1);
    const before = readFileSync(path.join(tree, '.git/index'));
    await facts();
    expect(readFileSync(path.join(tree, '.git/index'))).toEqual(before);
  });

  it('has no git of its own run from a PATH that begins where one stands', async () => {
    add('git', `#!/bin/sh\ntouch ${canary}\n`);
    chmodSync(path.join(tree, 'git'), 0o755);
    await ask(tree, 'app.py', { PATH: `.:${process.env['PATH'] ?? ''}` });
    expect(existsSync(canary)).toBe(false);
  });
});
