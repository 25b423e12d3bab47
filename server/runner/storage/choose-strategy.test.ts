import { mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import type { Place, Source, Strategy } from '../../contract';
import { ProblemError } from '../../problem-error';
import { chooseStrategy } from './choose-strategy';

let home: string;
let here: Place;
const elsewhere: Place = { inode: '1', newest: null };

beforeEach(() => {
  home = mkdtempSync(path.join(tmpdir(), 'strategy-'));
  mkdirSync(path.join(home, 'sales'));
  here = { inode: String(statSync(path.join(home, 'sales')).ino), newest: null };
});
afterEach(() => rmSync(home, { recursive: true }));

const files: Source = { kind: 'files', root: '~/sales', entry: 'app.py', scope: 'folder' };
const saved: Source = { ...files, live: true };
const git: Source = { kind: 'git', url: 'https://example.org/x', ref: '', root: '.', entry: 'app.py', scope: 'folder' };

async function chosen(source: Source, place?: Place, allowed?: Strategy[], before?: Strategy): Promise<string> {
  const job = {
    kind: 'publish',
    id: 'b',
    n: 1,
    source,
    ...(place && { place }),
    ...(before && { before }),
    framework: null,
    command: null
  } as const;
  return chooseStrategy(job, home, allowed).catch((error: unknown) =>
    error instanceof ProblemError ? error.problem.code : String(error)
  );
}

it('files that are seen here are copied, others are sent', async () => {
  expect(await chosen(files, here)).toBe('snapshot');
  expect(await chosen(files, elsewhere)).toBe('relay');
});

it('without a word from where the files are, they are looked for here alone', async () => {
  expect(await chosen(files)).toBe('snapshot');
  expect(await chosen({ ...files, root: '~/gone' })).toBe('snapshot');
  expect(await chosen(files, undefined, ['relay'])).toBe('strategy_forbidden');
});

it('without such a word, what was sent before is sent again', async () => {
  expect(await chosen(files, undefined, undefined, 'relay')).toBe('relay');
  expect(await chosen(files, here, undefined, 'relay')).toBe('snapshot');
  expect(await chosen(files, undefined, ['snapshot'], 'relay')).toBe('snapshot');
  expect(await chosen(files, undefined, undefined, 'snapshot')).toBe('snapshot');
});

it('what a source says is done, or refused', async () => {
  expect(await chosen(saved, here)).toBe('live');
  expect(await chosen(saved)).toBe('live');
  expect(await chosen(saved, elsewhere)).toBe('files_not_here');
  expect(await chosen(git)).toBe('git');
});

it.each([
  [files, 'here', ['relay'], 'relay'],
  [files, 'here', ['live', 'git'], 'strategy_forbidden'],
  [files, 'elsewhere', ['snapshot'], 'files_not_here'],
  [saved, 'here', ['snapshot', 'relay'], 'strategy_forbidden'],
  [git, 'here', ['snapshot', 'relay', 'live'], 'strategy_forbidden']
] as const)('%j, %s, on a hub that allows %j: %s', async (source, where, allowed, expected) => {
  expect(await chosen(source, where === 'here' ? here : elsewhere, [...allowed])).toBe(expected);
});
