import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { removeDashboardFiles } from './dashboard-files';
import { removeTree } from './versions/remove';

describe('removing the files of a dashboard', () => {
  let home: string;
  let outside: string;

  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'home-'));
    outside = mkdtempSync(join(tmpdir(), 'outside-'));
    writeFileSync(join(outside, 'precious'), '');
  });
  afterEach(() => {
    rmSync(home, { recursive: true, force: true });
    rmSync(outside, { recursive: true, force: true });
  });
  const make = (...path: string[]): string => {
    const folder = join(home, '.dashboards', ...path);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'file'), '');
    return folder;
  };

  it('takes all of it, read-only folders too, and nothing beside it', async () => {
    const folder = make('d1', 'versions', '1');
    make('d2');
    chmodSync(folder, 0o500);
    await removeDashboardFiles(home, 'd1');
    expect(existsSync(join(home, '.dashboards', 'd1'))).toBe(false);
    expect(existsSync(join(home, '.dashboards', 'd2', 'file'))).toBe(true);
    await removeDashboardFiles(home, 'd1');
  });

  it('follows no symbolic link, inside or on the way', async () => {
    symlinkSync(outside, join(make('d1'), 'link'));
    await removeDashboardFiles(home, 'd1');
    symlinkSync(outside, join(home, '.dashboards', 'd3'));
    await removeDashboardFiles(home, 'd3');
    expect(existsSync(join(home, '.dashboards', 'd3'))).toBe(false);
    rmSync(join(home, '.dashboards'), { recursive: true });
    mkdirSync(join(outside, 'd1'));
    symlinkSync(outside, join(home, '.dashboards'));
    const problem = { code: 'links_leave_folder', detail: realpathSync(join(outside, 'd1')) };
    await expect(removeDashboardFiles(home, 'd1')).rejects.toMatchObject({ problem });
    await removeDashboardFiles(home, 'd2');
    expect([existsSync(join(outside, 'precious')), existsSync(join(outside, 'd1'))]).toEqual([true, true]);
  });

  it('goes on where somebody else is removing some of it: a build that was called off tidies for itself', async () => {
    const half = ['d1', 'versions', '.tmp-1-abc'];
    for (let round = 0; round < 5; round++) {
      for (let n = 0; n < 200; n++) {
        make(...half, 'files', String(n), 'deep');
      }
      await Promise.all([removeDashboardFiles(home, 'd1'), removeTree(join(home, '.dashboards', ...half))]);
      expect(existsSync(join(home, '.dashboards', 'd1'))).toBe(false);
    }
  });

  it.each(['', '.', '..', '../x', 'a/b', '/etc', 'a\0b'])('path traversal: refuses the id %j', async id => {
    await expect(removeDashboardFiles(home, id)).rejects.toThrow();
  });
});
