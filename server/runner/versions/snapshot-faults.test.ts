import { execFileSync, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { buildSync } from 'esbuild';
import fc from 'fast-check';

import { createSmallDisk } from '../../tests/small-disk';
import { placesOf, type Places } from '../../files/places';
import { sweep } from './remove';
import { takeSnapshot } from './snapshot';
import { DEFAULT_LIMITS } from '../../files/limits';
import { verifyVersion } from './verify';

const NONE_KILLED = 0;

let base: string;
let home: string;
let root: string;
let places: Places;

beforeEach(() => {
  base = mkdtempSync(path.join(tmpdir(), 'faults-'));
  home = path.join(base, 'home');
  root = path.join(base, 'project');
  mkdirSync(path.join(root, 'data/more'), { recursive: true });
  mkdirSync(home);
  places = placesOf(home, 'd1');
});
afterEach(() => rmSync(base, { recursive: true }));

function add(file: string, content: string | Buffer): void {
  writeFileSync(path.join(root, file), content);
}

function take(version: number) {
  return takeSnapshot({
    places,
    home,
    version,
    source: { root, entry: '.', scope: 'folder' },
    signal: new AbortController().signal,
    limits: DEFAULT_LIMITS,
    progress: () => undefined
  });
}

interface Report {
  outcome: string;
  steps: number;
  left: string[];
}

/** The words that take a version in a process of its own. */
function copying(version: number, killAt: number): string[] {
  return [process.execPath, path.join(base, 'copying.js'), home, root, String(version), String(killAt)];
}

function buildCopying(): void {
  buildSync({
    entryPoints: [path.join(__dirname, '../testing/copying-process.ts')],
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node22',
    outfile: path.join(base, 'copying.js'),
    logLevel: 'error'
  });
}

function run([program = '', ...args]: string[]): Report | null {
  const { stdout, signal } = spawnSync(program, args, {
    encoding: 'utf8',
    env: { ...process.env, HOME: home },
    stdio: ['ignore', 'pipe', 'inherit']
  });
  return signal === null ? (JSON.parse(stdout) as Report) : null;
}

const AS_PUBLISHED = { missing: [], changed: [], extra: [] };
const never = new AbortController().signal;

it('a process that is killed at any point leaves no version but whole ones, and the next one takes it', async () => {
  buildCopying();
  add('app.py', 'print()');
  add('data/large.bin', Buffer.alloc(1_500_000, 7));
  for (let n = 0; n < 12; n++) {
    add(`data/more/${n}.csv`, `${n}`);
  }
  await take(1);
  add('data/large.bin', Buffer.alloc(1_500_000, 8));
  const whole = run(copying(2, NONE_KILLED));
  expect(whole).toMatchObject({ outcome: 'taken', left: ['1', '2'] });
  const kill = async (killAt: number) => {
    rmSync(places.version(2), { recursive: true, force: true });
    expect(run(copying(2, killAt))).toBeNull();
    const left = readdirSync(places.versions);
    expect(left.filter(name => !name.startsWith('.tmp-'))).toEqual(['1']);
    expect(left.length).toBe(2);
    await sweep(places);
    expect(readdirSync(places.versions)).toEqual(['1']);
    await take(2);
    expect(await verifyVersion(places, 1, never)).toEqual(AS_PUBLISHED);
    expect(await verifyVersion(places, 2, never)).toEqual(AS_PUBLISHED);
    execFileSync('diff', ['-r', root, places.files(2)]);
  };
  const last = whole?.steps ?? 0;
  const step = fc.integer({ min: 1, max: last });
  await fc.assert(fc.asyncProperty(step, kill), { numRuns: 10, examples: [[1], [last]] });
});

it('a disk that is full is said to be, and nothing of the version is left on it', () => {
  buildCopying();
  add('app.py', 'print()');
  // Together more than fits; or one that is too large, where files may not be.
  for (let n = 0; n < 4; n++) {
    add(`data/${n}.bin`, Buffer.alloc(600_000, n + 1));
  }
  const disk = createSmallDisk();
  try {
    mkdirSync(path.join(home, '.dashboards'), { recursive: true });
    expect(run([disk.wrapper, ...copying(1, NONE_KILLED)])).toMatchObject({ outcome: disk.code, left: [] });
  } finally {
    disk.remove();
  }
});

/** Writes one file anew, in place and without a pause: a letter all through, then the next. */
const WRITER = `
const fs = require('node:fs');
const [file, size] = process.argv.slice(1);
const handle = fs.openSync(file, 'r+');
for (let n = 0; ; n++) {
  fs.writeSync(handle, Buffer.alloc(Number(size), 97 + (n % 26)), 0, Number(size), 0);
  if (n === 0) process.send('ready');
}
`;

/** Whether it is one letter all through; or the next up to where its writer had come, and from there the one before. */
function wasSoAtOneMoment(content: Buffer): boolean {
  const [first = 0, last = 0] = [content[0], content.at(-1)];
  const written = Buffer.alloc(content.length, last).fill(first, 0, content.lastIndexOf(first) + 1);
  return content.equals(written) && (first === last || first - 97 === (last - 97 + 1) % 26);
}

it('a file that is written all the time is in a version as it was at one moment, or named as the reason why there is none', async () => {
  const SIZE = 3_000_000;
  add('busy.bin', Buffer.alloc(SIZE, 'z'));
  const writer: ChildProcess = spawn(process.execPath, ['-e', WRITER, path.join(root, 'busy.bin'), String(SIZE)], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc']
  });
  try {
    await new Promise(resolve => writer.once('message', resolve));
    for (let n = 1; n <= 10; n++) {
      const problem = await take(n).then(
        () => null,
        (error: { problem?: { code: string; detail?: string } }) => error.problem
      );
      if (problem) {
        expect(problem).toMatchObject({ code: 'files_keep_changing', detail: 'busy.bin' });
      } else {
        const content = readFileSync(path.join(places.files(n), 'busy.bin'));
        expect(wasSoAtOneMoment(content)).toBe(true);
      }
    }
    expect(writer.exitCode).toBeNull();
  } finally {
    writer.kill('SIGKILL');
  }
});
