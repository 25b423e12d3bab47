import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { homeIn } from './home';

let base: string;
beforeEach(() => {
  base = mkdtempSync(path.join(tmpdir(), 'home-'));
  mkdirSync(path.join(base, 'homes/alice/sales'), { recursive: true });
  mkdirSync(path.join(base, 'homes/..alice'));
  symlinkSync('homes', path.join(base, 'link'));
});
afterEach(() => rmSync(base, { recursive: true, force: true }));

it.each([
  ['is the home folder itself', 'homes/alice', ''],
  ['is the home folder by another name', 'link/alice', ''],
  ['holds the home folder', 'link', 'alice'],
  ['holds what holds it', '.', 'homes/alice'],
  ['is in the home folder', 'homes/alice/sales', null],
  ['is beside it', 'homes/..alice', null],
  ['is not there', 'homes/bob', null]
])('a folder that %s', (_what, folder, where) => {
  expect(homeIn(path.join(base, folder), path.join(base, 'homes/alice'))).toBe(where);
});
