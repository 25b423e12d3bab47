import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync
} from 'node:fs';
import path from 'node:path';

import { lookUntil } from '../../testing/look-until';
import { createRepository } from '../../testing/git-repository';
import { createFixture, type Fixture } from '../../testing/git-fixture';

let fixture: Fixture;
beforeEach(async () => {
  fixture = await createFixture();
});
afterEach(() => fixture.end());

/** Everything below a folder with its content. */
function contents(folder: string): Record<string, string> {
  const found: Record<string, string> = {};
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const file = path.join(entry.parentPath, entry.name);
    if (entry.isFile()) {
      found[path.relative(folder, file)] = readFileSync(file, 'utf8');
    }
  }
  return found;
}

it('brings the usual branch, its files as they are there and nothing of git', async () => {
  const commit = fixture.repository.commit({ 'app.py': 'print(1)\r\n', 'data/a b.csv': 'ä\n', '.hidden': '' });
  const fetched = await fixture.fetch();
  expect(fetched).toEqual({ root: path.join(fixture.dashboard, 'git', 'files'), own: true, commit });
  expect(contents(fetched.root)).toEqual({ 'app.py': 'print(1)\r\n', 'data/a b.csv': 'ä\n', '.hidden': '' });
  expect(fixture.lines.filter(line => !line.includes('%'))).toEqual([
    'Fetching branch main from 127.0.0.1.',
    `Fetched commit ${commit.slice(0, 12)}.`
  ]);
});

it('follows a branch that has moved, keeps files that are the same, and removes those that are gone', async () => {
  fixture.repository.commit({ 'app.py': '1', 'same.txt': 'same', 'gone/x': 'x' });
  const { root } = await fixture.fetch({ ref: 'main' });
  // A version that shares a file changes the times of its inode, which git looks at in whole seconds.
  const second = Math.floor(Date.now() / 1_000);
  await lookUntil(() => Math.floor(Date.now() / 1_000) > second, 'the next second');
  linkSync(path.join(root, 'same.txt'), path.join(fixture.folder, 'shared'));
  const before = statSync(path.join(root, 'same.txt'));
  const version = path.join(fixture.folder, 'version');
  linkSync(path.join(root, 'app.py'), version);
  const commit = fixture.repository.commit({ 'app.py': '2', gone: null, 'new/y': 'y' });
  expect(await fixture.fetch({ ref: 'main' })).toMatchObject({ root, commit });
  expect(contents(root)).toEqual({ 'app.py': '2', 'same.txt': 'same', 'new/y': 'y' });
  const after = statSync(path.join(root, 'same.txt'));
  expect([after.ino, after.mtimeMs]).toEqual([before.ino, before.mtimeMs]);
  // A version may share a file: it is replaced, not written into.
  expect(readFileSync(version, 'utf8')).toBe('1');
});

it('fetches nothing but the name of the commit where nothing has changed', async () => {
  fixture.repository.commit({ 'app.py': '1' });
  await fixture.fetch();
  fixture.server.requests.length = 0;
  await fixture.fetch();
  expect(fixture.server.requests).toEqual([
    'GET /project.git/info/refs?service=git-upload-pack',
    'POST /project.git/git-upload-pack'
  ]);
});

it('brings a branch with a slash, a tag, an annotated tag and a commit', async () => {
  const { repository } = fixture;
  const first = repository.commit({ 'app.py': '1' });
  repository.git('tag', 'light');
  repository.git('tag', '-a', '-m', 'Version 1', 'v1');
  repository.push('light', 'v1');
  const second = repository.commit({ 'app.py': '2' });
  repository.git('checkout', '--quiet', '-b', 'feature/x');
  const third = repository.commit({ 'app.py': '3' });
  for (const [ref, commit, content] of [
    ['feature/x', third, '3'],
    ['v1', first, '1'],
    ['main', second, '2'],
    ['light', first, '1'],
    ['refs/tags/v1', first, '1'],
    [second, second, '2'],
    [first, first, '1'],
    [third.slice(0, 10), third, '3'],
    [first.slice(0, 7), first, '1'],
    ['', second, '2']
  ] as const) {
    const { root, commit: fetched } = await fixture.fetch({ ref });
    expect([ref, fetched, contents(root)]).toEqual([ref, commit, { 'app.py': content }]);
  }
});

it('takes a branch where a tag has the same name', async () => {
  const { repository } = fixture;
  repository.commit({ 'app.py': '1' });
  repository.git('tag', 'same');
  const branch = repository.commit({ 'app.py': '2' });
  repository.push('refs/tags/same', 'HEAD:refs/heads/same');
  expect((await fixture.fetch({ ref: 'same' })).commit).toBe(branch);
});

it('brings a commit, and one folder, from a server that gives out no more than the newest commits', async () => {
  const { repository, server } = fixture;
  const first = repository.commit({ 'app.py': '1', 'a/b': 'first' });
  repository.commit({ 'app.py': '2', 'a/b': 'second' });
  // Version 0 of the protocol: servers refuse what they do not advertise.
  server.answer = request => {
    delete request.headers['git-protocol'];
    return false;
  };
  const { root, commit } = await fixture.fetch({ ref: first });
  expect([commit, contents(root)]).toEqual([first, { 'app.py': '1', 'a/b': 'first' }]);
  expect(fixture.lines).toContain('The commit is looked for in the whole history, which takes longer.');
  expect(contents((await fixture.fetch({ root: 'a' })).root)).toEqual({ b: 'second' });
  expect(contents((await fixture.fetch({ ref: first.slice(0, 9), root: 'a' })).root)).toEqual({ b: 'first' });
  rmSync(path.join(fixture.dashboard, 'git'), { recursive: true });
  expect(contents((await fixture.fetch({ ref: first, root: 'a' })).root)).toEqual({ b: 'first' });
});

it('asks for the newest commit alone of a long history', async () => {
  const { repository } = fixture;
  for (let i = 0; i < 30; i++) {
    repository.commit({ 'app.py': `${i}`, [`old-${i}`]: 'x'.repeat(i) });
  }
  await fixture.fetch();
  expect(readFileSync(path.join(fixture.dashboard, 'git', 'mirror', 'shallow'), 'utf8').trim()).toBe(
    repository.git('rev-parse', 'HEAD')
  );
});

it('brings one folder of a large repository, without the files of the others', async () => {
  const { repository } = fixture;
  const other = 'The file of another team. '.repeat(100);
  repository.commit({ 'apps/sales/app.py': '1', 'apps/sales/x/y': 'y', 'apps/other/big': other, top: 't' });
  const { root } = await fixture.fetch({ root: 'apps/sales' });
  expect(contents(root)).toEqual({ 'app.py': '1', 'x/y': 'y' });
  const blob = repository.git('rev-parse', 'HEAD:apps/other/big');
  const present = repository.git(
    '--git-dir',
    path.join(fixture.dashboard, 'git', 'mirror'),
    'rev-list',
    '--objects',
    '--missing=print',
    '--no-object-names',
    'refs/dashboards/current'
  );
  expect(present.split('\n')).toContain(`?${blob}`);
  const before = statSync(path.join(root, 'x/y')).ino;
  repository.commit({ 'apps/sales/app.py': '2', 'apps/other/big': `${other}!` });
  await fixture.fetch({ root: 'apps/sales' });
  expect(contents(root)).toEqual({ 'app.py': '2', 'x/y': 'y' });
  expect(statSync(path.join(root, 'x/y')).ino).toBe(before);
  await fixture.fetch({ root: '.' });
  expect(Object.keys(contents(root)).sort()).toEqual(['apps/other/big', 'apps/sales/app.py', 'apps/sales/x/y', 'top']);
});

it('brings one folder also from a server that sends all files or none', async () => {
  fixture.repository.git('--git-dir', fixture.repository.bare, 'config', 'uploadpack.allowFilter', 'false');
  fixture.repository.commit({ 'apps/sales/app.py': '1', 'apps/other/x': 'x' });
  const { root } = await fixture.fetch({ root: 'apps/sales' });
  expect(contents(root)).toEqual({ 'app.py': '1' });
});

it('makes the files again what the commit says, whatever was done to them', async () => {
  fixture.repository.commit({ 'app.py': '1', 'a/b': 'b', c: 'c' });
  const { root } = await fixture.fetch();
  writeFileSync(path.join(root, 'app.py'), 'changed');
  writeFileSync(path.join(root, 'new'), 'new');
  writeFileSync(path.join(root, '.gitignore'), '*');
  await fixture.fetch();
  expect(contents(root)).toEqual({ 'app.py': '1', 'a/b': 'b', c: 'c' });
});

it('starts anew with another repository', async () => {
  fixture.repository.commit({ 'app.py': '1' });
  await fixture.fetch();
  const other = createRepository(fixture.folder, 'other');
  const commit = other.commit({ 'other.py': '2' });
  const fetched = await fixture.fetch({ url: `${fixture.server.url}other.git` });
  expect([fetched.commit, contents(fetched.root)]).toEqual([commit, { 'other.py': '2' }]);
});

it.each(['mirror/objects', 'mirror/HEAD', 'mirror/config', 'mirror', 'index', 'files'])(
  'makes good what is broken: %s',
  async what => {
    const commit = fixture.repository.commit({ 'app.py': '1', 'a/b': 'b' });
    const { root } = await fixture.fetch();
    const broken = path.join(fixture.dashboard, 'git', what);
    if (what === 'mirror/objects') {
      const packs = path.join(broken, 'pack');
      for (const name of readdirSync(packs)) {
        chmodSync(path.join(packs, name), 0o600);
        writeFileSync(path.join(packs, name), 'broken');
      }
    } else {
      rmSync(broken, { recursive: true, force: true });
      writeFileSync(broken, 'broken');
    }
    expect(await fixture.fetch()).toEqual({ root, own: true, commit });
    expect(contents(root)).toEqual({ 'app.py': '1', 'a/b': 'b' });
  }
);

it('keeps a link in the place of its folder from leading git to the author’s files', async () => {
  fixture.repository.commit({ 'app.py': '1' });
  const { root } = await fixture.fetch();
  const precious = path.join(fixture.folder, 'precious');
  mkdirSync(precious);
  writeFileSync(path.join(precious, 'x'), 'x');
  rmSync(root, { recursive: true });
  symlinkSync(precious, root);
  await fixture.fetch();
  expect(contents(precious)).toEqual({ x: 'x' });
  expect(lstatSync(root).isDirectory()).toBe(true);
});

it.each(['.', 'app'])('forgets what no version needs any more of the folder %s', async root => {
  const mirror = path.join(fixture.dashboard, 'git', 'mirror', 'objects');
  const sizeOfAll = () => {
    const entries = readdirSync(mirror, { recursive: true, withFileTypes: true });
    const files = entries.filter(entry => entry.isFile()).map(entry => path.join(entry.parentPath, entry.name));
    return files.reduce((sum, file) => sum + statSync(file).size, 0);
  };
  const size = 6_000_000;
  let largest = 0;
  for (let i = 0; i < 9; i++) {
    fixture.repository.commit({ 'app/data': randomBytes(size), 'app/app.py': `${i}`, 'app/same': 'same', other: 'x' });
    const fetched = await fixture.fetch({ root });
    expect(contents(fetched.root)[root === '.' ? 'app/app.py' : 'app.py']).toBe(`${i}`);
    largest = Math.max(largest, sizeOfAll());
  }
  // What one version needs, twice, and 16 MB; nine of them would be 54 MB.
  expect(largest).toBeLessThan(2 * size + 16 * 2 ** 20 + 500_000);
  expect(largest).toBeGreaterThan(2 * size);
  // Nothing is missing of what is left: it is looked through, and used again without asking for anything.
  fixture.repository.git('--git-dir', path.dirname(mirror), 'fsck', '--connectivity-only', 'refs/dashboards/current');
  fixture.server.requests.length = 0;
  await fixture.fetch({ root });
  expect(fixture.server.requests).toHaveLength(2);
});

it('does not grow with every version', async () => {
  for (let i = 0; i < 24; i++) {
    fixture.repository.commit({ 'app.py': `${i}` });
    await fixture.fetch();
  }
  const packs = readdirSync(path.join(fixture.dashboard, 'git', 'mirror', 'objects', 'pack'));
  expect(packs.filter(name => name.endsWith('.pack')).length).toBeLessThan(21);
});
