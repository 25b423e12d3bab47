import { createHash } from 'node:crypto';
import { closeSync, fstatSync, lstatSync, read, type BigIntStats } from 'node:fs';
import { promisify } from 'node:util';

import { openFile, withFile, withParent } from '../../files/anchor';
import { hashBytes } from '../../files/chunks';
import type { OfferedFile } from '../../relay/offer';
import { identityOf, type Remembered } from './remembered';

/** How often a file is read that changes while it is read. */
const ATTEMPTS = 3;
/** Above so many bytes, others get to work while a file is read. */
const LARGE = 2 ** 20;
/** Bytes that are read of it at once. */
const PIECE = 2 ** 20;

const readPiece = promisify(read);

/** A file is not what it was when it was hashed, or keeps changing. */
export class FileChanged extends Error {
  constructor(readonly path: string) {
    super(`${path} has changed`);
  }
}

/** A file as it was when its hash was made. */
export interface ReadFile extends OfferedFile {
  /** `identityOf` it. */
  identity: string;
  /** Whether that would tell of a change that comes now. */
  settled: boolean;
}

/** A file that takes long to read: `readLargeFile` is to do it. */
export interface Unread {
  kind: 'unread';
  path: string;
}

/**
 * A file of an open folder. It is not opened where its hash is remembered.
 *
 * @param at - where it is found now, anchored.
 * @throws FileChanged
 */
export function readFile(
  parent: number,
  name: string,
  path: string,
  at: string,
  remembered: Remembered
): ReadFile | Unread {
  const stat = lstatSync(at, { bigint: true });
  const identity = identityOf(stat);
  const sha256 = stat.isFile() ? remembered.sha256(path, identity) : undefined;
  if (sha256 !== undefined) {
    return readAs(path, stat, sha256, true);
  }
  if (stat.size > LARGE) {
    return { kind: 'unread', path };
  }
  return withFile(parent, name, fd => {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const before = regular(fd, path);
      const read = atRest(fd, path, before, hashBytes(fd, Number(before.size)), remembered);
      if (read) {
        return read;
      }
    }
    throw new FileChanged(path);
  });
}

function readAs(path: string, stat: BigIntStats, sha256: string, settled: boolean): ReadFile {
  const { size, mode, mtimeNs } = stat;
  const identity = identityOf(stat);
  const executable = (mode & 0o111n) !== 0n;
  return { kind: 'file', path, size: Number(size), mtime: String(mtimeNs), executable, sha256, identity, settled };
}

/**
 * Reads a large file to its end; in between others get to work.
 *
 * @param root - of the project, open.
 * @param goOn - called in between; throws what ends it.
 * @throws FileChanged
 */
export async function readLargeFile(
  root: number,
  path: string,
  remembered: Remembered,
  goOn: () => void
): Promise<ReadFile> {
  const fd = withParent(root, path, openFile);
  try {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const stat = regular(fd, path);
      const read = atRest(fd, path, stat, await hashInPieces(fd, Number(stat.size), goOn), remembered);
      if (read) {
        return read;
      }
    }
    throw new FileChanged(path);
  } finally {
    closeSync(fd);
  }
}

async function hashInPieces(fd: number, size: number, goOn: () => void): Promise<string> {
  if (size <= LARGE) {
    return hashBytes(fd, size);
  }
  const whole = createHash('sha256');
  // Read by read, and no stream: nothing is to use the descriptor any longer when this has ended, whatever has ended it.
  const piece = Buffer.allocUnsafeSlow(PIECE);
  for (let at = 0; at < size;) {
    const { bytesRead } = await readPiece(fd, piece, 0, Math.min(PIECE, size - at), at);
    if (bytesRead === 0) {
      break;
    }
    whole.update(piece.subarray(0, bytesRead));
    at += bytesRead;
    goOn();
  }
  return whole.digest('hex');
}

/** @throws FileChanged where it is no file any longer */
function regular(fd: number, path: string): BigIntStats {
  const stat = fstatSync(fd, { bigint: true });
  if (!stat.isFile()) {
    throw new FileChanged(path);
  }
  return stat;
}

/** A file that is still as it was when reading it began; null: it is not. */
function atRest(fd: number, path: string, stat: BigIntStats, sha256: string, remembered: Remembered): ReadFile | null {
  if (identityOf(fstatSync(fd, { bigint: true })) !== identityOf(stat)) {
    return null;
  }
  return readAs(path, stat, sha256, remembered.isSettled(stat));
}
