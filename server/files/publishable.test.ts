import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { ProblemError } from '../problem-error';
import { checkPublishable } from './publishable';

let home: string;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'dashboards-publishable-'));
  mkdirSync(join(home, 'shared/sales'), { recursive: true });
  mkdirSync(join(home, 'shared-too'));
  mkdirSync(join(home, 'private'));
  symlinkSync('../private', join(home, 'shared/way-out'));
  symlinkSync('shared', join(home, 'way-in'));
});
afterEach(() => rmSync(home, { recursive: true }));

async function verdict(root: string, allowed?: string[]): Promise<string> {
  try {
    await checkPublishable({ root }, home, allowed);
    return 'allowed';
  } catch (error) {
    return (error as ProblemError).problem.code;
  }
}

describe('folders that may be published from', () => {
  it.each(['shared', 'shared/', '~/shared', './shared'])('are counted from the home folder: %s', async folder => {
    expect(await verdict(join(home, 'shared/sales'), [folder])).toBe('allowed');
    expect(await verdict(join(home, 'shared'), [folder])).toBe('allowed');
    expect(await verdict('~/shared/sales', [folder])).toBe('allowed');
    for (const other of ['private', 'shared-too', 'shared/../private', '']) {
      expect(await verdict(join(home, other), [folder])).toBe('path_forbidden');
    }
  });

  it('may be absolute, and several', async () => {
    expect(await verdict('/data/projects/x', ['shared', '/data/projects'])).toBe('allowed');
    expect(await verdict('/data/other', ['shared', '/data/projects'])).toBe('path_forbidden');
  });

  it('are what links lead to', async () => {
    expect(await verdict(join(home, 'shared/way-out'), ['shared'])).toBe('path_forbidden');
    expect(await verdict(join(home, 'way-in/sales'), ['shared'])).toBe('allowed');
  });

  it('are named to whoever asked for another one', async () => {
    const source = { kind: 'files' as const, root: join(home, 'private'), entry: 'app.py', scope: 'folder' as const };
    await expect(checkPublishable(source, home, ['shared', '/data'])).rejects.toMatchObject({
      problem: { fix: 'Copy the project into ~/shared or /data, and publish it from there.' }
    });
  });

  it('are all when the administrator names none', async () => {
    expect(await verdict(join(home, 'private'))).toBe('allowed');
  });
});
