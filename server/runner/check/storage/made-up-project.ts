import { randomBytes } from 'node:crypto';
import { mkdir, statfs, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { MARGIN_NS } from '../../../files/times';
import { grouped } from '../../../grouped';
import type { Ground } from './attempt';

/** A project that is made up to be published. */
export interface Sample {
  files: number;
  bytes: number;
}

export const SAMPLE: Sample = { files: 1_000, bytes: 50_000_000 };
/** Where little room is left, the attempt is not what fills it. */
const SMALL: Sample = { files: 100, bytes: 5_000_000 };
const ROOM_FOR_SAMPLE = 500e6;
const FOLDERS = 20;
/** Of a second version. */
const CHANGED = 0.01;
/** What was written shortly before a version is hashed anew by the next one: nobody's project is that young. */
const SETTLE_MS = Number(MARGIN_NS / 1_000_000n) + 200;

/** One that lies on the disk, the same for all attempts. */
export interface MadeUpProject {
  root: string;
  /** For people: `1,000 files of 50 MB together`. */
  size: string;
  /** Writes some of its files anew. */
  change(): Promise<void>;
}

/** Makes the project when it is first needed. */
export type MadeUp = (ground: Ground, signal: AbortSignal) => Promise<MadeUpProject>;

/** @param quiet - when the machine does nothing else for the check. */
export function madeUp(quiet: Promise<void>, wanted: Sample = SAMPLE): MadeUp {
  let made: MadeUpProject | null = null;
  return async ({ work, store }, signal) => {
    if (made === null) {
      const { bavail, bsize } = await statfs(store);
      const sample = bavail * bsize < ROOM_FOR_SAMPLE && wanted.bytes > SMALL.bytes ? SMALL : wanted;
      const root = path.join(work, 'project');
      await make(root, sample, signal);
      await Promise.all([quiet, delay(SETTLE_MS, undefined, { signal })]);
      const size = `${grouped(sample.files)} files of ${inMegabytes(sample.bytes)} together`;
      made = { root, size, change: () => write(root, sample, Math.max(1, sample.files * CHANGED)) };
    }
    return made;
  };
}

async function make(root: string, sample: Sample, signal: AbortSignal): Promise<void> {
  for (let n = 0; n < FOLDERS; n++) {
    await mkdir(path.join(root, `folder-${n}`), { recursive: true });
  }
  await write(root, sample, sample.files, signal);
}

/** Random: some file systems compress, and projects hold what is compressed already. */
async function write(root: string, { files, bytes }: Sample, count: number, signal?: AbortSignal): Promise<void> {
  for (let n = 0; n < count; n++) {
    signal?.throwIfAborted();
    const file = path.join(root, `folder-${n % FOLDERS}`, `file-${n}`);
    await writeFile(file, randomBytes(Math.round(bytes / files)));
  }
}

export function inMegabytes(bytes: number): string {
  if (bytes < 0.1e6) {
    return 'less than 0.1 MB';
  }
  return bytes < 10e6 ? `${(bytes / 1e6).toFixed(1)} MB` : `${grouped(Math.round(bytes / 1e6))} MB`;
}
