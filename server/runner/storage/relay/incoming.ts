import { createHash, type Hash } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  ftruncateSync,
  lstatSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  unlinkSync,
  writeSync
} from 'node:fs';
import path from 'node:path';

import { makeFoldersSync } from '../../../files/make-folders';
import { eachChunk } from '../../../files/chunks';
import { systemCode } from '../../../problem-error';

const SHA256 = /^[0-9a-f]{64}$/;
const HOLE = Buffer.alloc(1 << 20);
/** Zeros that are fewer than this are written: a hole of less saves nothing. */
const SMALLEST_HOLE = 64 * 1024;

/** A piece does not begin where the last one ended: the sender has to ask what is there. */
export class OutOfStep extends Error {}

interface Partial {
  offset: number;
  hash: Hash;
}

/**
 * Contents that have been received, whole or in part, each in a file by the name of its hash. What an earlier process has
 * left is read again before it counts, so that nothing here has to be put on the disk at once.
 */
export class Incoming {
  readonly #known = new Map<string, Partial | 'whole'>();
  #open: { sha256: string; fd: number } | null = null;
  /** What an earlier process has left and nobody has asked for yet. */
  #left: Set<string> | null = null;

  /** @param folder - absolute; made when it is needed. */
  constructor(readonly folder: string) {}

  file(sha256: string): string {
    return path.join(this.folder, sha256);
  }

  /** How many bytes of a content are there. `size`: all of it, which is given only where its hash was right. */
  received(sha256: string, size: number): number {
    const known = this.#known.get(sha256) ?? this.#lookAt(sha256, size);
    return known === 'whole' ? size : (known?.offset ?? 0);
  }

  /** Whether all of a content is there, also of an empty one. */
  isWhole(sha256: string, size: number): boolean {
    return (this.#known.get(sha256) ?? this.#lookAt(sha256, size)) === 'whole';
  }

  /**
   * Takes the next piece of a content. One that turns out not to be what it is called is forgotten as a whole.
   *
   * @throws OutOfStep
   */
  take(sha256: string, size: number, offset: number, bytes: Uint8Array): void {
    if (offset !== this.received(sha256, size) || offset + bytes.length > size || (bytes.length === 0 && size > 0)) {
      throw new OutOfStep();
    }
    let known = this.#known.get(sha256);
    if (known === 'whole') {
      throw new OutOfStep();
    }
    const fd = this.#opened(sha256);
    known ??= { offset: 0, hash: createHash('sha256') };
    this.#known.set(sha256, known);
    write(fd, bytes, offset);
    known.hash.update(bytes);
    known.offset += bytes.length;
    if (known.offset === size) {
      this.close();
      if (known.hash.digest('hex') === sha256) {
        this.#known.set(sha256, 'whole');
      } else {
        this.forget(sha256);
      }
    }
  }

  forget(sha256: string): void {
    if (this.#open?.sha256 === sha256) {
      this.close();
    }
    this.#known.delete(sha256);
    this.#left?.delete(sha256);
    rmSync(this.file(sha256), { force: true });
  }

  /** A whole content has been moved elsewhere. */
  moved(sha256: string): void {
    this.#known.delete(sha256);
  }

  /** Takes over what an update has taken from here and made nothing of, but what has a further name elsewhere: it is in use. */
  takeBack(folder: string): void {
    const names = namesIn(folder);
    // Further names of the same contents, which the next update makes again.
    names.filter(name => !SHA256.test(name)).forEach(name => rmSync(path.join(folder, name)));
    for (const name of names.filter(name => SHA256.test(name))) {
      const file = path.join(folder, name);
      if (lstatSync(file).nlink === 1) {
        this.forget(name);
        makeFoldersSync(this.folder);
        chmodSync(file, 0o600);
        renameSync(file, this.file(name));
        this.#left?.add(name);
      }
    }
  }

  /** Removes what is not among `wanted`. */
  keepOnly(wanted: { has(sha256: string): boolean }): void {
    namesIn(this.folder)
      .filter(name => !wanted.has(name))
      .forEach(name => this.forget(name));
  }

  close(): void {
    if (this.#open) {
      closeSync(this.#open.fd);
      this.#open = null;
    }
  }

  #opened(sha256: string): number {
    if (this.#open?.sha256 !== sha256) {
      this.close();
      makeFoldersSync(this.folder);
      this.#open = { sha256, fd: openSync(this.file(sha256), this.#known.has(sha256) ? 'r+' : 'wx', 0o600) };
    }
    return this.#open.fd;
  }

  /** What an earlier process has left of a content. */
  #lookAt(sha256: string, size: number): Partial | 'whole' | null {
    this.#left ??= new Set(namesIn(this.folder));
    const known = this.#left.delete(sha256) ? this.#read(sha256, size) : null;
    if (known) {
      this.#known.set(sha256, known);
    }
    return known;
  }

  #read(sha256: string, size: number): Partial | 'whole' | null {
    const fd = openSync(this.file(sha256), 'r');
    const hash = createHash('sha256');
    let offset = 0;
    try {
      // What is longer than it should be is seen by its next byte.
      eachChunk(fd, size + 1, chunk => {
        hash.update(chunk);
        offset += chunk.length;
      });
    } finally {
      closeSync(fd);
    }
    if (offset < size) {
      return { offset, hash };
    }
    if (offset === size && hash.digest('hex') === sha256) {
      return 'whole';
    }
    unlinkSync(this.file(sha256));
    return null;
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') {
      return [];
    }
    throw error;
  }
}

function write(fd: number, bytes: Uint8Array, position: number): void {
  if (bytes.length >= SMALLEST_HOLE && bytes.length <= HOLE.length && HOLE.subarray(0, bytes.length).equals(bytes)) {
    ftruncateSync(fd, position + bytes.length);
    return;
  }
  for (let done = 0; done < bytes.length;) {
    done += writeSync(fd, bytes, done, bytes.length - done, position + done);
  }
}
