import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { DEFAULT_LIMITS } from '../../files/limits';
import { placesIn } from '../../files/places';
import { copy } from './copy';
import type { StorageContext } from './strategy';

let home: string;
beforeEach(() => {
  home = mkdtempSync(path.join(tmpdir(), 'copy-'));
});
afterEach(() => {
  jest.restoreAllMocks();
  rmSync(home, { recursive: true, force: true });
});

it('a copy that takes long says how far it is, and at its end nothing that it has just said', async () => {
  const root = path.join(home, 'sales');
  mkdirSync(root);
  writeFileSync(path.join(root, 'app.py'), 'print()');
  const lines: string[] = [];
  const context = {
    around: { places: placesIn(path.join(home, 'store')), home },
    limits: DEFAULT_LIMITS,
    signal: new AbortController().signal,
    line: (line: string) => void lines.push(line)
  } as unknown as StorageContext;
  let now = 0;
  // Each look at the clock is a minute later.
  jest.spyOn(performance, 'now').mockImplementation(() => (now += 60_000));
  await copy(1, { root, entry: 'app.py', scope: 'folder' }, { root, own: false }, context);
  expect(lines).toEqual(['Copied 1 file, 1 kB']);
});
