import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { DEFAULT_LIMITS } from '../../files/limits';
import { placesOf, type Places } from '../../files/places';
import { ProblemError } from '../../problem-error';
import { copierThat } from '../testing/copier-double';
import { takeSnapshot } from './snapshot';

let base: string;
let root: string;
let places: Places;

beforeEach(() => {
  base = mkdtempSync(path.join(tmpdir(), 'faults-'));
  root = path.join(base, 'home/sales');
  places = placesOf(path.join(base, 'home'), 'd1');
  write(root, 'own');
  write(path.join(base, 'home/private'), 'secret');
});
afterEach(() => rmSync(base, { recursive: true }));

const NAMES = ['app.py', 'data/a.csv', 'data/b.csv', 'data/c.csv', 'zoo.csv'];

function write(folder: string, text: string): void {
  mkdirSync(path.join(folder, 'data'), { recursive: true });
  NAMES.forEach(name => writeFileSync(path.join(folder, name), `${text} ${name}`));
}

const away = () => path.join(base, 'home/away');

/** Done to the project while its third file is being taken. */
const FAULTS: [what: string, fault: () => void][] = [
  ['deletes it', () => rmSync(root, { recursive: true })],
  ['deletes a folder in it', () => rmSync(path.join(root, 'data'), { recursive: true })],
  ['renames it', () => renameSync(root, away())],
  ['renames a folder in it', () => renameSync(path.join(root, 'data'), path.join(root, 'figures'))],
  [
    'replaces it by a link to another',
    () => {
      renameSync(root, away());
      symlinkSync('private', root);
    }
  ],
  [
    'replaces a folder in it by a link to another',
    () => {
      renameSync(path.join(root, 'data'), away());
      symlinkSync('../private/data', path.join(root, 'data'));
    }
  ],
  [
    'replaces it by a file',
    () => {
      rmSync(root, { recursive: true });
      writeFileSync(root, '');
    }
  ],
  [
    'puts another in its place',
    () => {
      renameSync(root, away());
      write(root, 'other');
    }
  ]
];

let files: number;

function take(version: number, fault: () => void = () => undefined) {
  files = 0;
  return takeSnapshot({
    places,
    home: path.join(base, 'home'),
    version,
    source: { root, entry: 'app.py', scope: 'folder' },
    signal: new AbortController().signal,
    limits: DEFAULT_LIMITS,
    progress: () => undefined,
    copier: copierThat(() => ++files === 3 && fault())
  });
}

describe.each(FAULTS)('an author who %s while it is copied', (_what, fault) => {
  it('gets the version as it was, or a reason with what to do and nothing half-made', async () => {
    await take(1);
    // So that nothing of it is shared.
    write(root, 'newer');
    const outcome = await take(2, fault).then(
      () => 'made',
      (error: unknown) => error
    );
    expect(files).toBeGreaterThanOrEqual(3);
    if (outcome === 'made') {
      const found = NAMES.map(name => readFileSync(path.join(places.files(2), name), 'utf8'));
      expect(found).toEqual(NAMES.map(name => `newer ${name}`));
      expect(readdirSync(places.files(2)).sort()).toEqual(['app.py', 'data', 'zoo.csv']);
    } else {
      expect(outcome).toBeInstanceOf(ProblemError);
      const { code, fix } = (outcome as ProblemError).problem;
      expect(['file_missing', 'files_keep_changing', 'folder_not_readable']).toContain(code);
      expect(fix).toMatch(/ublish|again/);
      expect(readdirSync(places.versions)).toEqual(['1']);
    }
    expect(readFileSync(path.join(places.files(1), 'app.py'), 'utf8')).toBe('own app.py');
  });
});
