import { execFileSync } from 'node:child_process';
import { existsSync, lstatSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { ProblemError } from '../../../problem-error';
import { createFixture, type Fixture } from '../../testing/git-fixture';

let fixture: Fixture;
beforeEach(async () => {
  fixture = await createFixture();
});
afterEach(() => fixture.end());

async function problem(fetching: Promise<unknown>): Promise<string> {
  try {
    await fetching;
    return 'none';
  } catch (error) {
    const {
      code,
      message,
      detail = ''
    } = error instanceof ProblemError ? error.problem : { code: 'other', message: String(error) };
    return `${code}: ${message} ${detail}`;
  }
}

/** Runs git in the author's repository with a text or bytes as its input. */
function write(args: readonly string[], input: Buffer | string): string {
  const environment = {
    PATH: process.env.PATH,
    GIT_CONFIG_NOSYSTEM: '1',
    HOME: fixture.folder,
    GIT_AUTHOR_NAME: 'A',
    GIT_AUTHOR_EMAIL: 'a@b',
    GIT_COMMITTER_NAME: 'A',
    GIT_COMMITTER_EMAIL: 'a@b'
  };
  return execFileSync('git', args, { cwd: fixture.repository.folder, env: environment, input }).toString().trim();
}

/** Commits a tree whatever stands in it, as no git would write it, and pushes it past every check. */
function commitTree(entries: readonly [mode: string, name: string, hash: string][]): void {
  const tree = Buffer.concat(
    entries.flatMap(([mode, name, hash]) => [Buffer.from(`${mode} ${name}\0`), Buffer.from(hash, 'hex')])
  );
  const { repository } = fixture;
  const top = write(['hash-object', '-t', 'tree', '-w', '--literally', '--stdin'], tree);
  const commit = `tree ${top}\nauthor A <a@b> 1700000000 +0000\ncommitter A <a@b> 1700000000 +0000\n\nx\n`;
  const hash = write(['hash-object', '-t', 'commit', '-w', '--literally', '--stdin'], commit);
  repository.git('update-ref', 'refs/heads/main', hash);
  repository.push('refs/heads/main');
}

const blob = (content: string) => write(['hash-object', '-w', '--stdin'], content);

describe('a tree with a name that leads elsewhere is refused, and leaves nothing', () => {
  const folder = (name: string): [string, string, string] => [
    '40000',
    name,
    write(['mktree'], `100755 blob ${blob('#!/bin/sh\ntouch /tmp/owned')}\tpost-checkout\n`)
  ];
  const file = (name: string): [string, string, string] => ['100644', name, blob('x')];

  it.each(['.git', '.GIT', '.Git', '.g\u200cit', '.git\u200d', 'git~1', 'GIT~1', '..', '.'])('%j', async name => {
    commitTree([folder(name)]);
    expect(await problem(fixture.fetch())).toMatch(/git_failed: .*no sound repository, and git refuses it/);
    const files = path.join(fixture.dashboard, 'git', 'files');
    expect(existsSync(files) ? readdirSync(files) : []).toEqual([]);
    expect(existsSync(path.join(fixture.dashboard, 'git', 'mirror', 'hooks'))).toBe(false);
  });

  it.each(['a/b', '../x', '/etc/x'])('a file %j', async name => {
    commitTree([file(name)]);
    expect(await problem(fixture.fetch())).toMatch(/git_failed/);
    expect(existsSync(path.join(fixture.dashboard, 'git', 'x'))).toBe(false);
  });

  it('a link and a folder of the same name', async () => {
    commitTree([['120000', 'a', blob('/tmp')], folder('a')]);
    expect(await problem(fixture.fetch())).toMatch(/git_failed/);
  });

  it('also in a folder of its own', async () => {
    commitTree([['40000', 'good', write(['mktree'], `100644 blob ${blob('x')}\tx\n`)], folder('.GIT')]);
    expect(await problem(fixture.fetch({ root: 'good' }))).toMatch(/git_failed/);
  });
});

it('links stay links, wherever they lead', async () => {
  const { repository } = fixture;
  repository.git('config', 'core.symlinks', 'true');
  repository.commit({ 'app.py': '1' });
  const tree = write(['mktree'], `100644 blob ${blob('1')}\tapp.py\n120000 blob ${blob('/etc')}\tout\n`);
  const commit = write(['commit-tree', '-m', 'x', tree], '');
  repository.git('update-ref', 'refs/heads/main', commit);
  repository.push('refs/heads/main');
  const { root } = await fixture.fetch();
  expect(readlinkSync(path.join(root, 'out'))).toBe('/etc');
  // The next version has a folder there: nothing is written through the link.
  const inner = write(['mktree'], `100644 blob ${blob('own')}\tdashboards-test\n`);
  const next = write(['commit-tree', '-m', 'x', write(['mktree'], `40000 tree ${inner}\tout\n`)], '');
  repository.git('update-ref', 'refs/heads/main', next);
  repository.push('refs/heads/main');
  await fixture.fetch();
  expect(lstatSync(path.join(root, 'out')).isDirectory()).toBe(true);
  expect(existsSync('/etc/dashboards-test')).toBe(false);
});

it('names are taken as they are: line ends, options, other alphabets', async () => {
  const names = ['a\nb', '-rf', '--upload-pack=x', 'ü \u0001"\\', ' ', '\u202egpj.exe', 'x'.repeat(200)];
  fixture.repository.commit(Object.fromEntries(names.map(name => [name, name])));
  const { root } = await fixture.fetch();
  expect(readdirSync(root).sort()).toEqual([...names].sort());
});

it('no rule of a repository’s changes a file or runs a program', async () => {
  const { repository } = fixture;
  const ran = path.join(fixture.folder, 'ran');
  const content = 'one\r\ntwo\n$Id$\n$Format:%H$\n';
  repository.git('config', 'core.autocrlf', 'false');
  const rules = '* text eol=crlf ident export-subst filter=evil working-tree-encoding=UTF-16 diff=evil merge=evil\n';
  const tree = write(
    ['mktree'],
    [
      `100644 blob ${blob(rules)}\t.gitattributes`,
      `100644 blob ${blob(`[filter "evil"]\n\tsmudge = touch ${ran}\n[core]\n\tfsmonitor = touch ${ran}\n`)}\t.gitconfig`,
      `100644 blob ${blob('[lfs]\n\turl = https://evil.example/\n')}\t.lfsconfig`,
      `100644 blob ${blob(content)}\tapp.py\n`
    ].join('\n')
  );
  repository.commit({});
  repository.git('update-ref', 'refs/heads/main', write(['commit-tree', '-m', 'x', tree], ''));
  repository.push('refs/heads/main');
  const { root } = await fixture.fetch();
  expect(readFileSync(path.join(root, 'app.py'), 'utf8')).toBe(content);
  expect(existsSync(ran)).toBe(false);
  // Neither where the checkout’s own settings have been changed since.
  execFileSync('git', [
    'config',
    '--file',
    path.join(fixture.dashboard, 'git/mirror/config'),
    'filter.evil.smudge',
    `touch ${ran}`
  ]);
  repository.commit({ 'app.py': 'changed' });
  await fixture.fetch();
  expect(existsSync(ran)).toBe(false);
});

it('files of a tiny pack that take gigabytes are not written', async () => {
  fixture.repository.commit({ bomb: Buffer.alloc(30_000_000) });
  const limits = { files: 1_000, bytes: 10_000_000 };
  expect(await problem(fixture.fetch({}, { limits }))).toMatch(
    /too_large: The folder of the repository holds more than/
  );
  expect(existsSync(path.join(fixture.dashboard, 'git', 'files'))).toBe(false);
});

it('a few trees in one another that list to a million files are not listed to their end', async () => {
  let hash = `100644 blob ${blob('x')}`;
  for (let level = 0; level < 6; level++) {
    const names = Array.from(
      { length: 10 },
      (_none, i) => `${hash}\tfolder-with-a-rather-long-name-so-that-it-adds-up-${i}\n`
    );
    hash = `040000 tree ${write(['mktree'], names.join(''))}`;
  }
  const commit = write(['commit-tree', '-m', 'x', hash.slice('040000 tree '.length)], '');
  fixture.repository.git('update-ref', 'refs/heads/main', commit);
  fixture.repository.push('refs/heads/main');
  expect(await problem(fixture.fetch())).toMatch(
    /too_large: The folder of the repository holds more than 200,000 files/
  );
});

it('more files than a version may have are not fetched', async () => {
  fixture.repository.commit(Object.fromEntries(Array.from({ length: 30 }, (_none, i) => [`f${i}`, 'x'])));
  expect(await problem(fixture.fetch({}, { limits: { files: 20, bytes: 1e9 } }))).toMatch(
    /too_large: .*more than 20 files/
  );
});

describe('what a repository needs besides', () => {
  /** A commit with another repository inside, whose address is a trap. */
  function withSubmodule(): void {
    const { repository } = fixture;
    const own = repository.commit({ 'app.py': '1' });
    const modules = '[submodule "-x"]\n\tpath = libs/other\n\turl = --upload-pack=touch /tmp/owned\n';
    const libs = write(['mktree'], `160000 commit ${own}\tother\n`);
    const tree = write(
      ['mktree'],
      [
        `100644 blob ${blob(modules)}\t.gitmodules`,
        `100644 blob ${blob('1')}\tapp.py`,
        `40000 tree ${libs}\tlibs\n`
      ].join('\n')
    );
    repository.git('update-ref', 'refs/heads/main', write(['commit-tree', '-m', 'x', tree], ''));
    repository.push('refs/heads/main');
  }

  it('a .gitmodules that would run a program is refused', async () => {
    withSubmodule();
    expect(await problem(fixture.fetch())).toMatch(/git_failed: .*gitmodules/s);
  });

  it('other repositories inside are told, by their paths, unless they are left out', async () => {
    const { repository } = fixture;
    const own = repository.commit({ 'app.py': '1' });
    repository.git('update-index', '--add', '--cacheinfo', `160000,${own},libs/other`);
    repository.git('commit', '-qm', 'submodule');
    repository.push();
    expect(await problem(fixture.fetch())).toMatch(/git_unsupported: .*submodules.* libs\/other/);
    const { root } = await fixture.fetch({ ref: own });
    expect(readdirSync(root)).toEqual(['app.py']);
    writeFileSync(path.join(repository.folder, '.dashboardignore'), 'libs/\n');
    repository.git('add', '.dashboardignore');
    repository.git('commit', '-qm', 'left out');
    repository.push();
    expect(await problem(fixture.fetch())).toBe('none');
  });

  it('files that are kept in Git LFS are told, by their paths, unless they are left out', async () => {
    const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${'a'.repeat(64)}\nsize 12345\n`;
    fixture.repository.commit({ 'app.py': '1', 'data/big.bin': pointer, '.gitattributes': '*.bin filter=lfs\n' });
    expect(await problem(fixture.fetch())).toMatch(/git_unsupported: .*Git LFS.* data\/big.bin/);
    fixture.repository.commit({ '.dashboardignore': 'data/\n' });
    expect(await problem(fixture.fetch())).toBe('none');
    fixture.repository.commit({ '.dashboardignore': '*.txt\n' });
    expect(await problem(fixture.fetch())).toMatch(/git_unsupported/);
  });
});
