import { randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { placesOf, type Places } from '../../files/places';
import { takeSnapshot } from './snapshot';
import { DEFAULT_LIMITS } from '../../files/limits';
import { verifyVersion } from './verify';

let home: string;
let places: Places;
const never = new AbortController().signal;
const inVersion = (file: string) => path.join(places.files(1), file);

beforeEach(async () => {
  home = mkdtempSync(path.join(tmpdir(), 'verify-'));
  places = placesOf(home, 'd1');
  const root = path.join(home, 'sales');
  mkdirSync(path.join(root, 'data'), { recursive: true });
  for (const name of ['app.py', 'data/a.csv', 'data/b.csv', 'tool']) {
    writeFileSync(path.join(root, name), name);
  }
  symlinkSync('a.csv', path.join(root, 'data/link'));
  await takeSnapshot({
    places,
    home,
    version: 1,
    source: { root, entry: 'app.py', scope: 'folder' },
    signal: never,
    limits: DEFAULT_LIMITS,
    progress: () => undefined
  });
});
afterEach(() => rmSync(home, { recursive: true }));

describe('a version that is verified', () => {
  it('is as it was published', async () => {
    expect(await verifyVersion(places, 1, never)).toEqual({ missing: [], changed: [], extra: [] });
  });

  it('is so as well where it is so large that two threads have made it', async () => {
    const root = path.join(home, 'large');
    mkdirSync(root);
    for (let n = 0; n < 1_200; n++) {
      writeFileSync(path.join(root, `${n}.csv`), `${n}`);
    }
    writeFileSync(path.join(root, 'model.bin'), randomBytes(70e6));
    const large = { version: 2, source: { root, entry: '.', scope: 'folder' } as const };
    await takeSnapshot({ places, home, ...large, signal: never, limits: DEFAULT_LIMITS, progress: () => undefined });
    expect(await verifyVersion(places, 2, never)).toEqual({ missing: [], changed: [], extra: [] });
  });

  it('names what is missing, changed and more than was published', async () => {
    rmSync(inVersion('app.py'));
    rmSync(inVersion('data/a.csv'));
    writeFileSync(inVersion('data/a.csv'), 'DATA/a.csv');
    rmSync(inVersion('data/link'));
    symlinkSync('b.csv', inVersion('data/link'));
    chmodSync(inVersion('tool'), 0o555);
    mkdirSync(inVersion('new'));
    writeFileSync(inVersion('new/x'), '');
    expect(await verifyVersion(places, 1, never)).toEqual({
      missing: ['app.py'],
      changed: ['data/a.csv', 'data/link', 'tool'],
      extra: ['new', 'new/x']
    });
  });

  it('is read where it looks as if it had been written to, or wholly', async () => {
    const { mtimeMs } = statSync(inVersion('app.py'));
    chmodSync(inVersion('app.py'), 0o644);
    writeFileSync(inVersion('app.py'), 'APP.PY');
    const suspicious = () => verifyVersion(places, 1, never, 'suspicious');
    expect((await suspicious()).changed).toEqual(['app.py']);
    utimesSync(inVersion('app.py'), mtimeMs / 1_000, mtimeMs / 1_000);
    utimesSync(inVersion('data/a.csv'), 1, 1);
    expect((await suspicious()).changed).toEqual([]);
    expect((await verifyVersion(places, 1, never)).changed).toEqual(['app.py']);
  });

  it('names all of its files where their folder has become something else', async () => {
    rmSync(places.files(1), { recursive: true });
    writeFileSync(places.files(1), 'no folder');
    const missing = ['app.py', 'data', 'data/a.csv', 'data/b.csv', 'data/link', 'tool'];
    expect(await verifyVersion(places, 1, never)).toEqual({ missing, changed: [], extra: [] });
  });

  it('may hold links in a circle, which nobody follows', async () => {
    symlinkSync('.', inVersion('data/circle'));
    expect((await verifyVersion(places, 1, never)).extra).toEqual(['data/circle']);
  });

  it('has to have a manifest, and may be given up', async () => {
    await expect(verifyVersion(places, 2, never)).rejects.toMatchObject({ problem: { code: 'file_missing' } });
    const reason = new Error('enough');
    await expect(verifyVersion(places, 1, AbortSignal.abort(reason))).rejects.toBe(reason);
  });
});
