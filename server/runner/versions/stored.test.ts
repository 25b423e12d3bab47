import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

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

it('versions are on the disk with their files and their manifest, wherever a link in their place leads', async () => {
  [1, 2, 3, 4].forEach(make);
  rmSync(places.files(2), { recursive: true });
  rmSync(places.manifest(3));
  rmSync(places.files(4), { recursive: true });
  symlinkSync('/nowhere', places.files(4));
  const { here, gone } = await storedVersions(places, [1, 2, 3, 4, 5]);
  expect([here.sort(), gone.sort()]).toEqual([
    [1, 4],
    [2, 3, 5]
  ]);
});

it('of a store that cannot be looked at nothing is said, of one that is gone everything', async () => {
  expect(await storedVersions(places, [1])).toEqual({ here: [], gone: [1] });
  // Whoever follows it goes round for ever, also as root.
  symlinkSync('.dashboards', path.join(home, '.dashboards'));
  expect(await storedVersions(places, [1])).toEqual({ here: [], gone: [] });
});
