import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { withRoot } from '../../files/anchor';
import { Standpoint } from './standpoint';

let base: string;
let before: string;
let standpoint: Standpoint;

beforeEach(() => {
  before = process.cwd();
  base = mkdtempSync(path.join(tmpdir(), 'standpoint-'));
  for (const folder of ['mine', 'other']) {
    mkdirSync(path.join(base, folder));
    writeFileSync(path.join(base, folder, 'name'), folder);
  }
  standpoint = new Standpoint();
});
afterEach(() => {
  standpoint.end();
  expect(process.cwd()).toBe(before);
  rmSync(base, { recursive: true });
});

const found = (folder: number) => readFileSync(standpoint.inside(folder, 'name'), 'utf8');

it('finds what is in an open folder, whatever has taken its place since', () => {
  withRoot(path.join(base, 'mine'), folder => {
    renameSync(path.join(base, 'mine'), path.join(base, 'away'));
    symlinkSync('other', path.join(base, 'mine'));
    expect(found(folder)).toBe('mine');
    rmSync(path.join(base, 'mine'));
    renameSync(path.join(base, 'other'), path.join(base, 'mine'));
    expect(found(folder)).toBe('mine');
  });
});

it('finds what is in the folder whose descriptor has become that of another one', () => {
  const seen = ['mine', 'other'].map(name =>
    withRoot(path.join(base, name), folder => {
      standpoint.leave();
      return { folder, text: found(folder) };
    })
  );
  expect(seen.map(({ text }) => text)).toEqual(['mine', 'other']);
  expect(seen[0]?.folder).toBe(seen[1]?.folder);
});
