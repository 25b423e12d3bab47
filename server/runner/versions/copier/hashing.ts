import { receiveMessageOnPort, type MessagePort } from 'node:worker_threads';

import { hashFile } from '../../../files/chunks';
import type { FileEntry } from '../../../files/manifest';

/** Files that are hashed by one thread, one after the other. */
export interface Batch {
  n: number;
  files: { file: string; size: number }[];
}

/** What the hasher gives back; null where it could not read a file, which the copier then says better. */
export interface Hashed {
  n: number;
  hashes: string[] | null;
}

/** How the copier and the hasher share the work. */
export interface HashDesk {
  /** Batches go one way, hashes the other. */
  port: MessagePort;
  /** How many batches the hasher has done, whether it has ended, and then who has taken each batch. */
  state: Int32Array;
}

/** Places in the state. */
export const DONE = 0;
export const ENDED = 1;
const CLAIMS = 2;
/** More than any version within its limits has; further ones are hashed by the copier alone. */
const MOST_BATCHES = 1 << 14;
const MOST_FILES = 64;
const MOST_BYTES = 1 << 22;
/** How long the copier waits for the hasher before it looks whether the version is still wanted. */
const LOOK_MS = 100;

export function createHashState(): Int32Array {
  return new Int32Array(new SharedArrayBuffer((CLAIMS + MOST_BATCHES) * Int32Array.BYTES_PER_ELEMENT));
}

/** Takes a batch, which then is nobody else's. */
export function claim(state: Int32Array, n: number): boolean {
  return Atomics.compareExchange(state, CLAIMS + n, 0, 1) === 0;
}

/**
 * Hashes the files of a new version while further ones are copied: in another thread where there is one, which begins
 * with the first of them. When everything is copied, the copier helps it from the other end.
 */
export class Hashing {
  readonly #batches: { batch: Batch; entries: FileEntry[] }[] = [];
  #bytes = 0;

  constructor(private readonly desk: HashDesk | null) {}

  /** Has an entry get the hash of its file, which nobody writes to any more. */
  add(entry: FileEntry, file: string): void {
    let last = this.#batches.at(-1);
    if (!last || last.entries.length === MOST_FILES || this.#bytes >= MOST_BYTES) {
      if (last && isShared(last.batch)) {
        this.desk?.port.postMessage(last.batch);
      }
      last = { batch: { n: this.#batches.length, files: [] }, entries: [] };
      this.#batches.push(last);
      this.#bytes = 0;
    }
    last.batch.files.push({ file, size: entry.size });
    last.entries.push(entry);
    this.#bytes += entry.size;
  }

  /**
   * Returns when all entries have their hashes.
   *
   * @param check - called between pieces; throws to stop.
   */
  finish(check: () => void): void {
    const elsewhere = new Map<number, FileEntry[]>();
    for (const { batch, entries } of this.#batches.toReversed()) {
      if (this.desk && isShared(batch) && !claim(this.desk.state, batch.n)) {
        elsewhere.set(batch.n, entries);
      } else {
        fill(entries, hashesOf(batch, check));
      }
    }
    if (this.desk) {
      this.#collect(this.desk, elsewhere, check);
    }
  }

  #collect({ port, state }: HashDesk, elsewhere: Map<number, FileEntry[]>, check: () => void): void {
    for (let done = 0; done < elsewhere.size && Atomics.load(state, ENDED) === 0;) {
      Atomics.wait(state, DONE, done, LOOK_MS);
      check();
      done = Atomics.load(state, DONE);
    }
    for (let next = receiveMessageOnPort(port); next; next = receiveMessageOnPort(port)) {
      const { n, hashes } = next.message as Hashed;
      const entries = elsewhere.get(n);
      if (hashes && entries) {
        fill(entries, hashes);
        elsewhere.delete(n);
      }
    }
    // What could not be read there cannot be read here either, or the other thread has ended: here it is known what to say.
    for (const n of elsewhere.keys()) {
      const left = this.#batches[n];
      if (left) {
        fill(left.entries, hashesOf(left.batch, check));
      }
    }
  }
}

export function hashesOf({ files }: Batch, check: () => void): string[] {
  return files.map(({ file, size }) => hashFile(file, size, check));
}

function isShared({ n }: Batch): boolean {
  return n < MOST_BATCHES;
}

function fill(entries: readonly FileEntry[], hashes: readonly string[]): void {
  entries.forEach((entry, at) => (entry.sha256 = hashes[at] ?? ''));
}
