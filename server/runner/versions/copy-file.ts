import { createHash } from 'node:crypto';
import { constants, type BigIntStats } from 'node:fs';
import { copyFile, link, lstat, open, rm, unlink, type FileHandle } from 'node:fs/promises';

import type { FileEntry } from '../../files/manifest';
import { systemCode } from '../../problem-error';

const CHUNK = 1 << 20;
const HOLE = Buffer.alloc(CHUNK);
const ATTEMPTS = 3;
const MS = 1_000_000n;

/** A file of the previous version that the new one may share. */
export interface Earlier {
  entry: FileEntry;
  file: string;
  /** When the previous copy began, in ms. */
  startedAt: number;
}

export interface Copied {
  entry: FileEntry;
  how: 'shared' | 'cloned' | 'copied';
}

/** Whether files can share blocks; found out by the first one of a version. */
export interface Cloning {
  works: boolean;
}

/** The file was written to during all attempts at copying it. */
export class FileKeepsChanging extends Error {}

/**
 * Copies an open file to `target`, which must not exist: as a link to the previous version where nothing has changed
 * since, else as a clone that shares blocks, else byte by byte. The copy is what the file was at one moment, keeps its
 * time and cannot be written to.
 *
 * @param path - of the file in the published folder, for the manifest.
 * @throws FileKeepsChanging
 */
export async function copyFileAtRest(
  source: FileHandle,
  path: string,
  target: string,
  earlier: Earlier | null,
  cloning: Cloning,
  signal: AbortSignal
): Promise<Copied> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    signal.throwIfAborted();
    const before = await source.stat({ bigint: true });
    if (!before.isFile()) {
      break;
    }
    const entry = { kind: 'file', path, ...identity(before) } as const;
    if (earlier && unchanged(entry, before, earlier) && (await share(earlier, target))) {
      return { entry: { ...entry, sha256: earlier.entry.sha256 }, how: 'shared' };
    }
    const cloned = cloning.works && (await clone(source, target, cloning));
    const sha256 = cloned ? await sealClone(target, before, signal) : await copy(source, target, before, signal);
    if (same(before, await source.stat({ bigint: true }))) {
      return { entry: { ...entry, sha256 }, how: cloned ? 'cloned' : 'copied' };
    }
    await rm(target);
  }
  throw new FileKeepsChanging(path);
}

function identity(stat: BigIntStats): Omit<FileEntry, 'kind' | 'path' | 'sha256'> {
  return {
    size: Number(stat.size),
    executable: (stat.mode & 0o111n) !== 0n,
    mtime: String(stat.mtimeNs),
    origin: { dev: String(stat.dev), ino: String(stat.ino), ctime: String(stat.ctimeNs) }
  };
}

function same(a: BigIntStats, b: BigIntStats): boolean {
  return a.size === b.size && a.mtimeNs === b.mtimeNs && a.ctimeNs === b.ctimeNs;
}

/** Clocks of file systems are coarse: a change this close to the copy may have left the same times. */
const MARGIN_MS = 2_000n;

function unchanged(now: Omit<FileEntry, 'sha256'>, stat: BigIntStats, earlier: Earlier): boolean {
  const then = earlier.entry;
  const trusted = (BigInt(Math.floor(earlier.startedAt)) - MARGIN_MS) * MS;
  return (
    now.size === then.size &&
    now.mtime === then.mtime &&
    now.executable === then.executable &&
    now.origin.dev === then.origin.dev &&
    now.origin.ino === then.origin.ino &&
    now.origin.ctime === then.origin.ctime &&
    stat.mtimeNs < trusted &&
    stat.ctimeNs < trusted
  );
}

/** Reasons to copy a file instead of linking to the earlier one: too many links, another file system, none allowed. */
const CANNOT_SHARE = new Set(['EMLINK', 'EXDEV', 'EPERM', 'ENOENT', 'ENOTSUP', 'EOPNOTSUPP']);

/** Links to the previous version's file, unless somebody has touched that. Never to the author's own. */
async function share(earlier: Earlier, target: string): Promise<boolean> {
  try {
    const stat = await lstat(earlier.file, { bigint: true });
    const intact =
      stat.isFile() &&
      Number(stat.size) === earlier.entry.size &&
      closeTo(stat.mtimeNs, BigInt(earlier.entry.mtime)) &&
      (stat.mode & 0o222n) === 0n;
    if (intact) {
      await link(earlier.file, target);
    }
    return intact;
  } catch (error) {
    if (CANNOT_SHARE.has(systemCode(error) ?? '')) {
      return false;
    }
    throw error;
  }
}

/** Times are set in seconds as a floating point number, which holds less than nanoseconds. */
function closeTo(a: bigint, b: bigint): boolean {
  const difference = a - b;
  return difference < 10_000n && difference > -10_000n;
}

async function clone(source: FileHandle, target: string, cloning: Cloning): Promise<boolean> {
  try {
    await copyFile(`/proc/self/fd/${source.fd}`, target, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE_FORCE);
    return true;
  } catch (error) {
    if (systemCode(error) === 'EEXIST') {
      throw error;
    }
    // Not all file systems can; what is in the way otherwise, the copy will say.
    cloning.works = false;
    await unlink(target).catch(() => undefined);
    return false;
  }
}

function isSparse(stat: BigIntStats): boolean {
  return stat.blocks * 512n < stat.size;
}

async function copy(source: FileHandle, target: string, stat: BigIntStats, signal: AbortSignal): Promise<string> {
  const size = Number(stat.size);
  const sparse = isSparse(stat);
  const out = await open(target, 'wx', sealedMode(stat));
  try {
    const hash = createHash('sha256');
    const buffer = Buffer.allocUnsafe(Math.min(CHUNK, Math.max(size, 1)));
    for (let position = 0; position < size;) {
      signal.throwIfAborted();
      const { bytesRead } = await source.read(buffer, 0, buffer.length, position);
      if (bytesRead === 0) {
        break;
      }
      const chunk = buffer.subarray(0, bytesRead);
      hash.update(chunk);
      if (!sparse || !chunk.equals(HOLE.subarray(0, bytesRead))) {
        await writeAll(out, chunk, position);
      }
      position += bytesRead;
    }
    if (sparse) {
      await out.truncate(size);
    }
    await keepTimes(out, stat);
    return hash.digest('hex');
  } finally {
    await out.close();
  }
}

async function writeAll(out: FileHandle, chunk: Buffer, position: number): Promise<void> {
  for (let done = 0; done < chunk.length;) {
    const { bytesWritten } = await out.write(chunk, done, chunk.length - done, position + done);
    done += bytesWritten;
  }
}

/** Hashes a clone, which nobody can change any more, and makes it look like the file that it is of. */
async function sealClone(target: string, stat: BigIntStats, signal: AbortSignal): Promise<string> {
  const handle = await open(target, 'r');
  try {
    const hash = createHash('sha256');
    const buffer = Buffer.allocUnsafe(CHUNK);
    for (;;) {
      signal.throwIfAborted();
      const { bytesRead } = await handle.read(buffer, 0, CHUNK, null);
      if (bytesRead === 0) {
        break;
      }
      hash.update(buffer.subarray(0, bytesRead));
    }
    await keepTimes(handle, stat);
    await handle.chmod(sealedMode(stat));
    return hash.digest('hex');
  } finally {
    await handle.close();
  }
}

/** Nobody may write to a version's files. */
function sealedMode(stat: BigIntStats): number {
  return (stat.mode & 0o111n) === 0n ? 0o444 : 0o555;
}

function keepTimes(handle: FileHandle, stat: BigIntStats): Promise<void> {
  return handle.utimes(Number(stat.atimeNs) / 1e9, Number(stat.mtimeNs) / 1e9);
}
