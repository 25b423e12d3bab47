import { createHash, hash } from 'node:crypto';
import {
  closeSync,
  constants,
  copyFileSync,
  fchmodSync,
  ftruncateSync,
  openSync,
  readSync,
  rmSync,
  writeSync,
  type BigIntStats
} from 'node:fs';

import { systemCode } from '../../../problem-error';
import { keepTimes } from './times';

const CHUNK = 1 << 18;
const HOLE = Buffer.alloc(CHUNK);
/** One for all files: they are copied one after the other. */
const BUFFER = Buffer.allocUnsafeSlow(CHUNK);

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
 * @returns its sha256
 */
export function copyBytes(source: number, target: string, stat: BigIntStats, check: () => void): string {
  const size = Number(stat.size);
  const sparse = stat.blocks * 512n < stat.size;
  const out = openSync(target, 'wx', sealedMode(stat));
  try {
    const sha256 = eachChunk(source, size, check, (chunk, position) => {
      if (!sparse || !chunk.equals(HOLE.subarray(0, chunk.length))) {
        writeAll(out, chunk, position);
      }
    });
    if (sparse) {
      ftruncateSync(out, size);
    }
    keepTimes(out, stat);
    return sha256;
  } finally {
    closeSync(out);
  }
}

/** sha256 of the first `size` bytes of an open file. */
export function hashBytes(file: number, size: number, check: () => void): string {
  return eachChunk(file, size, check, () => undefined);
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

/** Hashes a clone, which nobody can change any more, and makes it look like the file that it is of. */
export function sealClone(target: string, stat: BigIntStats, check: () => void): string {
  const file = openSync(target, 'r+');
  try {
    const sha256 = hashBytes(file, Number(stat.size), check);
    keepTimes(file, stat);
    fchmodSync(file, sealedMode(stat));
    return sha256;
  } finally {
    closeSync(file);
  }
}

function eachChunk(
  file: number,
  size: number,
  check: () => void,
  use: (chunk: Buffer, position: number) => void
): string {
  const first = BUFFER.subarray(0, size === 0 ? 0 : readSync(file, BUFFER, 0, Math.min(CHUNK, size), 0));
  use(first, 0);
  if (first.length === size) {
    return hash('sha256', first, 'hex');
  }
  const whole = createHash('sha256').update(first);
  for (let position = first.length; position < size;) {
    check();
    const read = readSync(file, BUFFER, 0, Math.min(CHUNK, size - position), position);
    if (read === 0) {
      break;
    }
    const chunk = BUFFER.subarray(0, read);
    use(chunk, position);
    whole.update(chunk);
    position += read;
  }
  return whole.digest('hex');
}

function writeAll(out: number, chunk: Buffer, position: number): void {
  for (let done = 0; done < chunk.length;) {
    done += writeSync(out, chunk, done, chunk.length - done, position + done);
  }
}
