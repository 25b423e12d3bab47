import { execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
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
import { setTimeout as delay } from 'node:timers/promises';

import { readManifest } from '../../files/read-manifest';
import { ProblemError } from '../../problem-error';
import { placesOf } from '../../files/places';
import { sweep, TEMPORARY } from './remove';
import { takeSnapshot } from './snapshot';
import { DEFAULT_LIMITS } from '../../files/limits';
import { seededRandom, seedOf } from '../testing/seeded-random';

/** Of the moments at which things happen: the same ones each time. */
const SEED = seedOf(20_261_122);
const ROUNDS = 5;
const KILLS = 8;
/** So many where none before has come in the middle of a copy: how long one takes differs on a busy machine. */
const MOST_KILLS = 60;
const FILES = 600;

let folder: string;
let home: string;
let root: string;
let program: string;
/** How long an undisturbed copy takes here. */
let usual: number;

const places = () => placesOf(home, 'd1');

function write(at: string, text: string): void {
  for (let n = 0; n < FILES; n += 1) {
    if (n < 30) {
      mkdirSync(path.join(at, `folder-${n}`), { recursive: true });
    }
    writeFileSync(path.join(at, `folder-${n % 30}`, `file-${n}`), `${text} ${n}`);
  }
}

const publish = (version: number) =>
  takeSnapshot({
    places: places(),
    home,
    version,
    source: { root, entry: '.', scope: 'folder' },
    signal: new AbortController().signal,
    limits: DEFAULT_LIMITS,
    progress: () => undefined
  });

/** Texts of the files of a version, each of which is as its manifest says. */
function textsOf(version: number): string[] {
  const manifest = readManifest(places().manifest(version));
  const files = manifest?.entries.filter(entry => entry.kind === 'file') ?? [];
  expect(files.length).toBe(manifest?.summary.files);
  return files.map(entry => {
    const text = readFileSync(path.join(places().files(version), entry.path));
    expect(createHash('sha256').update(text).digest('hex')).toBe(entry.kind === 'file' && entry.sha256);
    return String(text);
  });
}

const names = () => readdirSync(places().versions).sort();
const final = () => names().filter(name => !name.startsWith(TEMPORARY));

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'abuse-'));
  program = path.join(folder, 'publish-once.js');
  const runner = path.join(__dirname, '..');
  const entries = [
    `publish-once=${path.join(runner, 'testing/publish-once.ts')}`,
    `copier=${path.join(runner, 'versions/copier/main.ts')}`
  ];
  const options = ['--bundle', '--platform=node', `--outdir=${folder}`, '--log-level=error'];
  execFileSync(require.resolve('esbuild/bin/esbuild'), [...entries, ...options]);
});
afterAll(() => rmSync(folder, { recursive: true }));

beforeEach(async () => {
  home = mkdtempSync(path.join(folder, 'home-'));
  root = path.join(home, 'project');
  write(root, 'one');
  await publish(1);
  rmSync(root, { recursive: true });
  write(root, 'two');
  const begin = performance.now();
  await publish(2);
  usual = performance.now() - begin;
  rmSync(places().version(2), { recursive: true });
});

/** The live version is what it was, and the next publish works. */
async function allIsWell(): Promise<void> {
  await sweep(places());
  expect(names()).toEqual(['1']);
  expect(new Set(textsOf(1).map(text => text.split(' ')[0]))).toEqual(new Set(['one']));
  await publish(2);
  expect(textsOf(2)).toHaveLength(FILES);
  rmSync(places().version(2), { recursive: true });
}

/**
 * Has a program of its own make version 2, which is killed after so many ms.
 *
 * @returns how long it took from its beginning, in ms
 */
async function publishApart(killedAfter = Infinity): Promise<number> {
  const child = spawn(process.execPath, [program, home, root, '2'], { stdio: ['ignore', 'pipe', 'inherit'] });
  const closed = once(child, 'close');
  await once(child.stdout, 'data');
  const begin = performance.now();
  if (killedAfter < Infinity) {
    await delay(killedAfter);
    child.kill('SIGKILL');
  }
  await closed;
  return performance.now() - begin;
}

/** Whether a version that has no name yet holds files. */
function isHalfMade(): boolean {
  return names()
    .filter(name => name.startsWith(TEMPORARY))
    .flatMap(name => readdirSync(path.join(places().versions, name), { recursive: true, withFileTypes: true }))
    .some(entry => entry.isFile());
}

it('a runner that is killed while it copies leaves nothing that looks like a version', async () => {
  const random = seededRandom(SEED);
  const whole = await publishApart();
  rmSync(places().version(2), { recursive: true });
  let inTheMiddle = 0;
  for (let round = 0; round < (inTheMiddle > 0 ? KILLS : MOST_KILLS); round += 1) {
    await publishApart(random() * whole);
    if (final().includes('2')) {
      // It had come to its end, and is whole.
      expect(textsOf(2)).toHaveLength(FILES);
      rmSync(places().version(2), { recursive: true });
    } else if (isHalfMade()) {
      inTheMiddle += 1;
    }
    await allIsWell();
  }
  expect(inTheMiddle).toBeGreaterThan(0);
});

interface Act {
  what: string;
  prepare?(): void;
  do(): void;
  /** Nobody finds half of the files while it is done. */
  whole: boolean;
}
const away = () => `${root}-away`;
const other = () => `${root}-other`;

const ACTS: Act[] = [
  { what: 'renames it', do: () => renameSync(root, away()), whole: true },
  { what: 'deletes it', do: () => rmSync(root, { recursive: true }), whole: false },
  {
    what: 'puts another one in its place, and deletes it',
    prepare: () => write(other(), 'other'),
    do() {
      renameSync(root, away());
      renameSync(other(), root);
      rmSync(away(), { recursive: true });
    },
    whole: false
  },
  {
    what: 'puts a link in its place',
    do() {
      renameSync(root, away());
      symlinkSync(path.join(home, 'else'), root);
    },
    whole: true
  }
];

it.each(ACTS)(
  'an author who $what while it is copied gets a version of what was there, or a reason',
  async ({ prepare, do: act, whole }) => {
    const random = seededRandom(SEED);
    write(path.join(home, 'else'), 'else');
    for (let round = 0; round < ROUNDS; round += 1) {
      prepare?.();
      const published = publish(2).then(
        () => null,
        (error: unknown) => error
      );
      await delay(random() * usual);
      act();
      const error = await published;
      if (error === null) {
        const texts = textsOf(2);
        // Of one folder or of the other.
        expect(new Set(texts.map(text => text.split(' ')[0])).size).toBeLessThan(2);
        expect(texts.length).toBeGreaterThanOrEqual(whole ? FILES : 0);
        rmSync(places().version(2), { recursive: true });
      } else {
        expect(error).toBeInstanceOf(ProblemError);
        expect(['file_missing', 'files_keep_changing']).toContain((error as ProblemError).problem.code);
        expect((error as ProblemError).problem.fix).not.toBe('');
      }
      expect(names()).toEqual(['1']);
      rmSync(root, { recursive: true, force: true });
      rmSync(away(), { recursive: true, force: true });
      write(root, 'two');
      await allIsWell();
    }
  }
);
