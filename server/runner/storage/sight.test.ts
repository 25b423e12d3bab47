import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
  type BigIntStats
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import type { Place } from '../../contract';
import { sightOf } from './sight';

let folder: string;
let project: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'sight-'));
  project = path.join(folder, 'project');
  mkdirSync(path.join(project, 'data'), { recursive: true });
  writeFileSync(path.join(project, 'data', 'sales.csv'), '1');
});
afterEach(() => rmSync(folder, { recursive: true }));

function placeOf(at: string, newest = 'data/sales.csv'): Place {
  const stat = (item: string) => statSync(item, { bigint: true });
  return {
    inode: String(stat(at).ino),
    born: String(stat(at).birthtimeNs),
    newest: { path: newest, changed: String(stat(path.join(at, newest)).ctimeNs) }
  };
}

it('a folder is seen where it is, also after further changes and under another name', async () => {
  const place = placeOf(project);
  expect(await sightOf(project, place)).toBe('seen');
  writeFileSync(path.join(project, 'data', 'sales.csv'), '2');
  expect(await sightOf(project, place)).toBe('seen');
  renameSync(project, path.join(folder, 'renamed'));
  expect(await sightOf(path.join(folder, 'renamed'), place)).toBe('seen');
  expect(await sightOf(project, place)).toBe('missing');
});

it('another folder of the same inode, as the tops of two volumes are, is another: it was made at another time', async () => {
  const other = path.join(folder, 'other');
  let made: BigIntStats;
  do {
    // Clocks of file systems move in steps, and what has not been changed since says nothing of when it was made.
    rmSync(other, { recursive: true, force: true });
    mkdirSync(path.join(other, '.dashboards'), { recursive: true });
    made = statSync(other, { bigint: true });
  } while (made.birthtimeNs === made.ctimeNs || made.birthtimeNs === statSync(project, { bigint: true }).birthtimeNs);
  const place = { ...placeOf(project), inode: String(made.ino) };
  // The change that was made last is not there, and its folder has been changed since.
  expect(await sightOf(other, place)).toBe('other');
  expect(await sightOf(other, { ...place, born: String(made.birthtimeNs) })).toBe('seen');
});

it('another folder of the same content is another', async () => {
  cpSync(project, path.join(folder, 'copy'), { recursive: true, preserveTimestamps: true });
  expect(await sightOf(path.join(folder, 'copy'), placeOf(project))).toBe('other');
});

it('one that lacks the last change is another, whatever its inode and the time it shows', async () => {
  const place = placeOf(project);
  const later = {
    ...place,
    newest: { path: 'data/sales.csv', changed: String(BigInt(place.newest?.changed ?? 0) + 1n) }
  };
  utimesSync(path.join(project, 'data', 'sales.csv'), 4e9, 4e9);
  expect(await sightOf(project, later)).toBe('seen');
  const future = { ...place, newest: { path: 'data/sales.csv', changed: String(4n * 10n ** 18n) } };
  expect(await sightOf(project, future)).toBe('other');
});

it('what was changed last and then removed is missed only in another folder', async () => {
  cpSync(project, path.join(folder, 'copy'), { recursive: true });
  const { ino, birthtimeNs } = statSync(path.join(folder, 'copy'), { bigint: true });
  const { ctimeNs } = statSync(path.join(folder, 'copy', 'data'), { bigint: true });
  const itself = { inode: String(ino), born: String(birthtimeNs) };
  let place: Place;
  do {
    // Clocks of file systems move in steps.
    writeFileSync(path.join(project, 'data', 'new.csv'), '3');
    place = placeOf(project, 'data/new.csv');
  } while (BigInt(place.newest?.changed ?? 0) <= ctimeNs);
  rmSync(path.join(project, 'data', 'new.csv'));
  expect(await sightOf(project, place)).toBe('seen');
  expect(await sightOf(path.join(folder, 'copy'), { ...place, ...itself })).toBe('other');
});

it('an empty folder is known by its inode and its own change', async () => {
  const empty = path.join(folder, 'empty');
  mkdirSync(empty);
  const { ino, ctimeNs } = statSync(empty, { bigint: true });
  const place = { inode: String(ino), newest: { path: '', changed: String(ctimeNs) } };
  expect(await sightOf(empty, { ...place, newest: null })).toBe('seen');
  expect(await sightOf(empty, place)).toBe('seen');
  expect(await sightOf(empty, { ...place, newest: { path: '', changed: String(ctimeNs + 1n) } })).toBe('other');
});
