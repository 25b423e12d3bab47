import { createHash } from 'node:crypto';
import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { DEFAULT_LIMITS } from '../../../files/limits';
import { placesOf, type Places } from '../../../files/places';
import { takeSnapshot } from '../../versions/snapshot';
import { KeptContents } from './kept-contents';

const LONG_AGO = 1_700_000_000.123456;

let home: string;
let project: string;
let places: Places;

beforeEach(() => {
  home = mkdtempSync(path.join(tmpdir(), 'kept-'));
  project = path.join(home, 'project');
  places = placesOf(home, 'd1');
  mkdirSync(project);
});
afterEach(() => rmSync(home, { recursive: true }));

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

/** Makes a version of files with these contents by their names. */
async function version(n: number, contents: Record<string, string>): Promise<void> {
  rmSync(project, { recursive: true });
  mkdirSync(project);
  for (const [name, text] of Object.entries(contents)) {
    writeFileSync(path.join(project, name), text);
    utimesSync(path.join(project, name), LONG_AGO, LONG_AGO);
  }
  await takeSnapshot({
    places,
    home,
    version: n,
    source: { root: project, entry: '.', scope: 'folder' },
    signal: new AbortController().signal,
    limits: DEFAULT_LIMITS,
    progress: () => undefined
  });
}

/** The file that has a content, in words; null: no version has it. */
function keeps(text: string, elsewhere: string[] = []): string | null {
  const contents = new KeptContents(places.dashboard, new Set(elsewhere.map(sha256)));
  const found = contents.get(sha256(text), Buffer.byteLength(text));
  return found && path.relative(path.join(places.dashboard, 'versions'), found.file);
}

describe('what versions have', () => {
  it('is found by its content, the newest version first', async () => {
    await version(1, { 'a.csv': 'old', 'b.csv': 'same' });
    await version(2, { 'a.csv': 'new', 'b.csv': 'same' });
    await version(10, { 'c.csv': 'newest' });
    expect([keeps('old'), keeps('same'), keeps('new'), keeps('newest'), keeps('none')]).toEqual([
      '1/files/a.csv',
      '2/files/b.csv',
      '2/files/a.csv',
      '10/files/c.csv',
      null
    ]);
    expect(new KeptContents(places.dashboard, new Set()).get(sha256('old'), 4)).toBeNull();
  });

  it('is not looked for where it is elsewhere, nor where there is no version', async () => {
    expect(keeps('old')).toBeNull();
    await version(1, { 'a.csv': 'old', 'b.csv': 'other' });
    expect([keeps('old', ['old']), keeps('other', ['old'])]).toEqual([null, '1/files/b.csv']);
  });

  it('has names of all sorts, also one that looks like what is searched for', async () => {
    const sly = `x","sha256":"${sha256('sly')}","y`;
    await version(1, { 'Übersicht 数据.csv': 'wide', [sly]: 'true', 'line\nbreak': 'broken' });
    expect([keeps('wide'), keeps('true'), keeps('broken'), keeps('sly')]).toEqual([
      '1/files/Übersicht 数据.csv',
      `1/files/${sly}`,
      '1/files/line\nbreak',
      null
    ]);
  });

  it('does not count where its file is no longer what it was', async () => {
    await version(1, { 'a.csv': 'longer', 'b.csv': 'touched', 'c.csv': 'gone', 'd.csv': 'open', 'e.csv': 'program' });
    const file = (name: string) => path.join(places.files(1), name);
    chmodSync(file('a.csv'), 0o644);
    appendFileSync(file('a.csv'), '!');
    chmodSync(file('a.csv'), 0o444);
    utimesSync(file('a.csv'), LONG_AGO, LONG_AGO);
    utimesSync(file('b.csv'), 5, 5);
    rmSync(file('c.csv'));
    chmodSync(file('d.csv'), 0o644);
    chmodSync(file('e.csv'), 0o555);
    const changed = ['longer', 'touched', 'gone', 'open', 'program'];
    expect(changed.filter(text => keeps(text) !== null)).toEqual([]);
  });

  it('does not count where something else has taken the place of the version', async () => {
    await version(1, { 'a.csv': 'first' });
    await version(2, { 'a.csv': 'second' });
    await version(3, { 'a.csv': 'third' });
    for (const n of [1, 2]) {
      rmSync(places.files(n), { recursive: true });
    }
    writeFileSync(places.files(1), 'a file now');
    symlinkSync('files', places.files(2));
    expect(['first', 'second', 'third'].map(text => keeps(text))).toEqual([null, null, '3/files/a.csv']);
  });

  it('is told as far as the list of a version can be read', async () => {
    await version(1, { 'a.csv': 'first', 'b.csv': 'second' });
    await version(2, { 'c.csv': 'third', 'd.csv': 'fourth' });
    const text = readFileSync(places.manifest(2), 'utf8');
    chmodSync(places.manifest(2), 0o644);
    writeFileSync(places.manifest(2), text.slice(0, text.indexOf('"ctime"', text.indexOf('d.csv'))));
    expect([keeps('third'), keeps('fourth'), keeps('second')]).toEqual(['2/files/c.csv', null, '1/files/b.csv']);
  });
});
