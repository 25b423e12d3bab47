import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { manifestLines, NO_FILES, type ManifestSummary } from '../../files/manifest';
import { placesOf, type Places } from '../../files/places';
import { storedVersions } from './stored';

let home: string;
let places: Places;

beforeEach(() => {
  home = mkdtempSync(path.join(tmpdir(), 'home-'));
  places = placesOf(home, 'd1');
});
afterEach(() => rmSync(home, { recursive: true }));

function make(n: number): void {
  mkdirSync(places.files(n), { recursive: true });
  writeFileSync(places.manifest(n), '');
}

/** A version whose files are a link. */
function link(n: number, hash: string, target: string): void {
  mkdirSync(places.version(n), { recursive: true });
  const summary: ManifestSummary = { format: 2, version: n, startedAt: 1, hash, files: 0, bytes: 0 };
  writeFileSync(places.manifest(n), [...manifestLines({ summary, entries: [] })].join(''));
  symlinkSync(target, places.files(n));
}

it('versions are on the disk with their files and their manifest', async () => {
  [1, 2, 3].forEach(make);
  rmSync(places.files(2), { recursive: true });
  rmSync(places.manifest(3));
  expect(await storedVersions(places, [1, 2, 3, 4])).toEqual({ here: [1], gone: [2, 3, 4] });
});

it('files that are served where they are may come back; what is on a volume is there with that alone', async () => {
  link(1, NO_FILES, '/nowhere');
  link(2, 'sha256:1', '/nowhere');
  link(3, 'sha256:1', home);
  const { here, gone } = await storedVersions(places, [1, 2, 3]);
  expect([here.sort(), gone]).toEqual([[1, 3], [2]]);
});

it('of a store that cannot be looked at nothing is said, of one that is gone everything', async () => {
  expect(await storedVersions(places, [1])).toEqual({ here: [], gone: [1] });
  // Whoever follows it goes round for ever, also as root.
  symlinkSync('.dashboards', path.join(home, '.dashboards'));
  expect(await storedVersions(places, [1])).toEqual({ here: [], gone: [] });
});
