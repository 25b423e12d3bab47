import { randomBytes } from 'node:crypto';
import { lstat, mkdir, readdir, statfs, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { STRATEGIES, type Strategy } from '../../../contract';
import { grouped } from '../../../grouped';
import { problemOf } from '../../../problem-error';
import { MARGIN_NS } from '../../../files/times';
import { placesIn, type Places } from '../../../files/places';
import { takeSnapshot } from '../../versions/snapshot';
import { DEFAULT_LIMITS } from '../../../files/limits';
import { failed, notTried, ok, warning, type Attempt, type Ground } from './attempt';

/** A project that is made up to be published twice. */
export interface Sample {
  files: number;
  bytes: number;
}

export const SAMPLE: Sample = { files: 1_000, bytes: 50_000_000 };
/** Where little room is left, the attempt is not what fills it. */
const SMALL: Sample = { files: 100, bytes: 5_000_000 };
const ROOM_FOR_SAMPLE = 500e6;

export interface CostInput {
  /** Another project than the usual one. */
  sample?: Sample;
  /** When the machine does nothing else for the check. */
  quiet: Promise<void>;
  /** Those that the hub allows; undefined: all. */
  strategies?: readonly Strategy[];
}

const FOLDERS = 20;
/** Unit that the system counts blocks in. */
const BLOCK = 512;
/** Of a second version. */
const CHANGED = 0.01;
/** What was written shortly before a version is hashed anew by the next one: nobody's project is that young. */
const SETTLE_MS = Number(MARGIN_NS / 1_000_000n) + 200;
const PATIENCE_MS = 60_000;

/** Which strategies make versions, and what they cost: by publishing a made-up project with the real copier. */
export const cost = ({ sample = SAMPLE, quiet, strategies = STRATEGIES }: CostInput): Attempt => ({
  id: 'strategy',
  what: 'Copying a project',
  fix: 'See the other lines about versions.',
  async tries(ground, before, stop) {
    if (before.get('store-anchor')?.state === 'failed') {
      return notTried('nothing can be copied safely');
    }
    const copying = copyingBy(strategies);
    if (copying === null) {
      return ok('live: files are served as they are, where they are; nothing is copied.');
    }
    const { bavail, bsize } = await statfs(ground.store);
    const taken = bavail * bsize < ROOM_FOR_SAMPLE && sample.bytes > SMALL.bytes ? SMALL : sample;
    const patience = AbortSignal.timeout(PATIENCE_MS);
    const signal = AbortSignal.any([stop, patience]);
    const size = `${grouped(taken.files)} files of ${human(taken.bytes)} together`;
    try {
      const clones = before.get('store-clones')?.works === true;
      const links = before.get('store-links')?.works === true;
      const [first, next] = await publishTwice(ground, taken, clones, quiet, signal);
      const sentence =
        `${copying}: ${how(clones, links)}. Tried with ${size}: ` +
        `${first.seconds} s and ${human(first.bytes)} for the first version, ` +
        `${next.seconds} s and ${human(next.bytes)} for each further one when 1 % of the files have changed. ` +
        'What is ten times as large takes about ten times as much.';
      return clones || links ? ok(sentence) : warning(sentence, 'Give homes a file system with hard links.');
    } catch (error) {
      stop.throwIfAborted();
      if (patience.aborted) {
        return warning(
          `${copying}: to publish ${size} twice took longer than ${PATIENCE_MS / 1_000} s.`,
          'Look whether the storage is overloaded, or give homes a faster one; publish from a repository meanwhile.'
        );
      }
      const { code, message } = problemOf(error);
      if (code === 'disk_full') {
        return failed(`${size}, published twice, do not fit: there is no room left.`, 'Make room, or raise the quota.');
      }
      if (code === 'internal') {
        throw error;
      }
      return failed(`${size} could not be published: ${message}`, this.fix);
    }
  }
});

/** The strategies that end with a copy, and what that copy is not all of; null if none does. */
function copyingBy(strategies: readonly Strategy[]): string | null {
  if (strategies.includes('snapshot')) {
    return strategies.includes('relay')
      ? 'snapshot where the dashboard’s server sees the files, relay where it does not (sending comes on top)'
      : 'snapshot';
  }
  if (strategies.includes('relay')) {
    return 'relay (sending comes on top)';
  }
  return strategies.includes('git') ? 'git (fetching comes on top, and what that keeps)' : null;
}

/** What the copier does, as the attempts before have shown. */
function how(clones: boolean, links: boolean): string {
  if (!links) {
    return clones ? 'all files share blocks with the author’s' : 'each version is a full copy';
  }
  const changed = clones ? 'changed files share blocks with the author’s' : 'changed files are copied';
  return `${changed}, unchanged ones are links to the version before`;
}

interface Cost {
  seconds: string;
  /** Added to the disk. */
  bytes: number;
}

async function publishTwice(
  { home, work, made }: Ground,
  sample: Sample,
  clones: boolean,
  quiet: Promise<void>,
  signal: AbortSignal
): Promise<[Cost, Cost]> {
  const root = path.join(work, 'project');
  await makeUp(root, sample, signal);
  const places = placesIn(path.join(made, 'cost'));
  const publish = async (version: number): Promise<Cost> => {
    const begin = performance.now();
    await takeSnapshot({
      places,
      home,
      version,
      source: { root, entry: '.', scope: 'folder' },
      signal,
      limits: DEFAULT_LIMITS,
      progress: () => undefined
    });
    const seconds = ((performance.now() - begin) / 1_000).toFixed(2);
    return { seconds, bytes: await added(places, version, clones) };
  };
  await Promise.all([quiet, delay(SETTLE_MS, undefined, { signal })]);
  const first = await publish(1);
  await change(root, sample);
  return [first, await publish(2)];
}

const fileOf = (n: number) => path.join(`folder-${n % FOLDERS}`, `file-${n}`);

/** Random: some file systems compress, and projects hold what is compressed already. */
async function makeUp(root: string, { files, bytes }: Sample, signal: AbortSignal): Promise<void> {
  for (let n = 0; n < FOLDERS; n++) {
    await mkdir(path.join(root, `folder-${n}`), { recursive: true });
  }
  for (let n = 0; n < files; n++) {
    signal.throwIfAborted();
    await writeFile(path.join(root, fileOf(n)), randomBytes(Math.round(bytes / files)));
  }
}

async function change(root: string, { files, bytes }: Sample): Promise<void> {
  for (let n = 0; n < Math.max(1, files * CHANGED); n++) {
    await writeFile(path.join(root, fileOf(n)), randomBytes(Math.round(bytes / files)));
  }
}

/** Bytes on the disk that this version alone has. Those of clones are the author's, also while only one of both is there. */
async function added(places: Places, version: number, clones: boolean): Promise<number> {
  let bytes = (await lstat(places.manifest(version))).blocks * BLOCK;
  for (const entry of await readdir(places.files(version), { recursive: true, withFileTypes: true })) {
    const { blocks, nlink } = await lstat(path.join(entry.parentPath, entry.name));
    bytes += entry.isDirectory() || (nlink === 1 && !clones) ? blocks * BLOCK : 0;
  }
  return bytes;
}

function human(bytes: number): string {
  if (bytes < 0.1e6) {
    return 'less than 0.1 MB';
  }
  return bytes < 10e6 ? `${(bytes / 1e6).toFixed(1)} MB` : `${grouped(Math.round(bytes / 1e6))} MB`;
}
