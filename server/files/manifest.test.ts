import { mkdtempSync, rmSync, truncateSync, writeFileSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { hashOf, manifestLines, summaryOf, type ManifestEntry } from './manifest';
import { readManifest, readSummary } from './read-manifest';

const FILE: ManifestEntry = {
  kind: 'file',
  path: 'data/line\nbreak.csv',
  size: 3,
  executable: false,
  mtime: '1600000000123456789',
  sha256: 'ab'.repeat(32),
  origin: { dev: '1', ino: '2', ctime: '1600000000123456789' }
};
const ENTRIES: ManifestEntry[] = [
  { kind: 'folder', path: 'data', mtime: '-1' },
  FILE,
  { kind: 'link', path: 'main.py', target: 'app.py', mtime: '0' }
];

let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'manifest-'));
  file = path.join(folder, 'manifest.jsonl');
});
afterEach(() => rmSync(folder, { recursive: true }));

function write(): void {
  writeFileSync(file, [...manifestLines({ summary: summaryOf(7, 1.5, ENTRIES), entries: ENTRIES })].join(''));
}

describe('a manifest', () => {
  it('is read as it was written, and its summary alone from the first line', () => {
    write();
    const summary = { format: 2, version: 7, startedAt: 1.5, hash: hashOf(ENTRIES), files: 1, bytes: 3 };
    expect(readManifest(file)).toEqual({ summary, entries: ENTRIES });
    writeFileSync(file, `${readFileSync(file, 'utf8').split('\n')[0] ?? ''}\nnothing that anybody reads`);
    expect(readSummary(file)).toEqual(summary);
    expect(readManifest(file)).toBeNull();
  });

  it('is none where it is cut off, of another format or not there', () => {
    write();
    truncateSync(file, readFileSync(file).length - 1);
    expect(readManifest(file)).toBeNull();
    truncateSync(file, 20);
    expect(readSummary(file)).toBeNull();
    writeFileSync(file, '{"format":1}\n');
    expect(readSummary(file)).toBeNull();
    write();
    writeFileSync(file, readFileSync(file, 'utf8').replace('"size":3', '"size":"3"'));
    expect(readManifest(file)).toBeNull();
    rmSync(file);
    expect([readSummary(file), readManifest(file)]).toEqual([null, null]);
  });

  it('has a hash of what is published: neither order, times nor inodes count', () => {
    const hash = hashOf(ENTRIES);
    expect(hashOf(ENTRIES.toReversed())).toBe(hash);
    const touched = { ...FILE, mtime: '5', origin: { dev: '9', ino: '9', ctime: '9' } };
    expect(hashOf([touched, ...ENTRIES.filter(entry => entry !== FILE)])).toBe(hash);
    for (const change of [{ executable: true }, { path: 'x' }, { sha256: 'cd'.repeat(32) }, { size: 4 }]) {
      expect(hashOf([{ ...FILE, ...change }, ...ENTRIES.filter(entry => entry !== FILE)])).not.toBe(hash);
    }
  });
});
