import { existsSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { makeFolders, makeFoldersSync } from './make-folders';

let base: string;
beforeEach(() => {
  base = mkdtempSync(path.join(tmpdir(), 'folders-'));
});
afterEach(() => rmSync(base, { recursive: true }));

describe.each([
  ['beside other work', makeFolders],
  ['in a thread that waits', async (folder: string) => makeFoldersSync(folder)]
])('folders that are made %s', (_how, make) => {
  it('are there with those above them, for their owner alone, also the second time', async () => {
    const folder = path.join(base, 'a/b/c');
    await make(folder);
    await make(folder);
    expect(['a', 'a/b', 'a/b/c'].map(name => statSync(path.join(base, name)).mode & 0o777)).toEqual(
      Array(3).fill(0o700)
    );
  });

  it('may lie behind a link to a folder', async () => {
    await make(path.join(base, 'real'));
    symlinkSync('real', path.join(base, 'link'));
    await make(path.join(base, 'link'));
    await make(path.join(base, 'link/x'));
    expect(existsSync(path.join(base, 'real/x'))).toBe(true);
  });

  it('are not made where something else is in the way, which is named', async () => {
    writeFileSync(path.join(base, 'file'), '');
    symlinkSync('nowhere', path.join(base, 'gone'));
    const at = (name: string) => path.join(base, name);
    await expect(make(at('file'))).rejects.toMatchObject({ code: 'EEXIST', path: at('file') });
    await expect(make(at('file/x'))).rejects.toMatchObject({ code: 'ENOTDIR', path: at('file/x') });
    await expect(make(at('gone/x'))).rejects.toMatchObject({ code: 'EEXIST', path: at('gone') });
    await expect(make('/proc/none/x')).rejects.toMatchObject({ code: 'ENOENT', path: '/proc/none' });
  });
});
