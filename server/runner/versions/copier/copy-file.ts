import {
  closeSync,
  constants,
  copyFileSync,
  fchmodSync,
  ftruncateSync,
  openSync,
  rmSync,
  writeSync,
  type BigIntStats
} from 'node:fs';

import { CHUNK, eachChunk } from '../../../files/chunks';
import { systemCode } from '../../../problem-error';
import { keepTimes } from '../../../files/times';

const HOLE = Buffer.alloc(CHUNK);

/** Nobody may write to a version's files. */
export function sealedMode(stat: BigIntStats): number {
  return isExecutable(stat) ? 0o555 : 0o444;
}

export function isExecutable(stat: BigIntStats): boolean {
  return (stat.mode & 0o111n) !== 0n;
}

/**
 * Copies an open file to `target`, which must not exist, byte by byte; holes stay holes. It keeps its times.
 *
 * @param check - called between pieces; throws to stop.
 */
export function copyBytes(source: number, target: string, stat: BigIntStats, check: () => void): void {
  const size = Number(stat.size);
  const sparse = stat.blocks * 512n < stat.size;
  const out = openSync(target, 'wx', sealedMode(stat));
  try {
    const write = (chunk: Buffer, position: number): void => {
      if (!sparse || !chunk.equals(HOLE.subarray(0, chunk.length))) {
        writeAll(out, chunk, position);
      }
    };
    eachChunk(source, size, write, check);
    if (sparse) {
      ftruncateSync(out, size);
    }
    keepTimes(out, stat);
  } finally {
    closeSync(out);
  }
}

/**
 * Copies an open file so that both share their blocks until one is changed. Its times and rights are not kept.
 *
 * @returns whether the file system can
 */
export function clone(source: number, target: string): boolean {
  try {
    copyFileSync(`/proc/self/fd/${source}`, target, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE_FORCE);
    return true;
  } catch (error) {
    if (systemCode(error) === 'EEXIST') {
      throw error;
    }
    // Not all file systems can; what is in the way otherwise, the copy will say.
    rmSync(target, { force: true });
    return false;
  }
}

/** Makes a clone look like the file that it is of, and lets nobody write to it. */
export function sealClone(target: string, stat: BigIntStats): void {
  const file = openSync(target, 'r+');
  try {
    keepTimes(file, stat);
    fchmodSync(file, sealedMode(stat));
  } finally {
    closeSync(file);
  }
}

function writeAll(out: number, chunk: Buffer, position: number): void {
  for (let done = 0; done < chunk.length;) {
    done += writeSync(out, chunk, done, chunk.length - done, position + done);
  }
}
