import { chmodSync, mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { asOrdinaryUser } from '../../testing/ordinary-user';
import { watchFiles, type FilesWatch } from './files-watch';
import { look } from './look';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'watch-'));
  mkdirSync(path.join(folder, 'project', 'data'), { recursive: true });
  writeFileSync(path.join(folder, 'project', 'app.py'), 'one');
  symlinkSync('project', path.join(folder, 'link'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const at = (...names: string[]) => path.join(folder, 'project', ...names);
/** A file elsewhere. */
const beside = (text: string) => {
  writeFileSync(path.join(folder, 'other'), text);
  return path.join(folder, 'other');
};
const seen = () => look(path.join(folder, 'link'), folder);

describe('a look at a folder', () => {
  it.each<[string, () => void]>([
    ['another text', () => writeFileSync(at('app.py'), 'three')],
    ['a file in another’s place', () => renameSync(beside('two'), at('app.py'))],
    ['a new file', () => writeFileSync(at('data', 'a.csv'), '1')],
    ['a file less', () => rmSync(at('app.py'))],
    ['a new folder', () => mkdirSync(at('data', 'more'))],
    ['a link', () => symlinkSync('app.py', at('main.py'))],
    ['another time', () => utimesSync(at('app.py'), 1, 1)]
  ])('sees %s', (_what, change) => {
    const before = seen();
    expect(seen()).toBe(before);
    change();
    expect(seen()).not.toBe(before);
  });

  it('does not see what is never published', () => {
    writeFileSync(at('.dashboardignore'), 'tmp/\n');
    const before = seen();
    mkdirSync(at('__pycache__'));
    writeFileSync(at('__pycache__', 'app.pyc'), 'x');
    mkdirSync(at('tmp'));
    writeFileSync(at('tmp', 'notes'), 'x');
    expect(seen()).toBe(before);
  });
});

it('a look at a folder sees what is beside one that may not be opened', async () => {
  chmodSync(folder, 0o755);
  mkdirSync(at('database'), { mode: 0 });
  const before = await asOrdinaryUser(seen);
  expect(await asOrdinaryUser(seen)).toBe(before);
  writeFileSync(at('app.py'), 'three');
  expect(await asOrdinaryUser(seen)).not.toBe(before);
});

describe('a watch', () => {
  let watch: FilesWatch;
  beforeEach(() => {
    watch = watchFiles(path.join(folder, 'link'), folder, 20);
  });
  afterEach(() => watch.close());

  it('tells of each change once, also of one that came while nobody waited', async () => {
    await watch.begun;
    writeFileSync(at('app.py'), 'first');
    await watch.changed();
    let told = 0;
    const next = watch.changed().then(() => told++);
    writeFileSync(at('app.py'), 'later');
    await next;
    writeFileSync(at('app.py'), 'and later');
    await watch.changed();
    expect(told).toBe(1);
  });

  it('waits while a folder is away, and tells of it when it is back with other files', async () => {
    await watch.begun;
    renameSync(at(), path.join(folder, 'away'));
    mkdirSync(at());
    writeFileSync(at('app.py'), 'other');
    await watch.changed();
  });

  it('of the home folder that it is told does not see what is hidden there, as another one does', async () => {
    const home = watchFiles(at(), at(), 20);
    await Promise.all([watch.begun, home.begun]);
    let told = false;
    void home.changed().then(() => (told = true));
    writeFileSync(at('.python_history'), 'print(1)');
    await watch.changed();
    expect(told).toBe(false);
    writeFileSync(at('app.py'), 'second');
    await home.changed();
    home.close();
  });

  it('that cannot begin keeps nobody waiting', async () => {
    const nothing = watchFiles(path.join(folder, 'nothing'), folder, 20);
    await nothing.begun;
    nothing.close();
  });

  it('whose thread has ended keeps nobody waiting, and says why it sees nothing', async () => {
    // No timer takes such a time, which the thread does not survive.
    const ended = watchFiles(path.join(folder, 'link'), folder, 20n as unknown as number);
    await ended.begun;
    expect(await ended.lost).toMatch(/BigInt/);
    ended.close();
  });
});
