import { closeSync, fstatSync, mkdirSync, openSync, renameSync, writeSync } from 'node:fs';
import path from 'node:path';

import { plainText } from '../../frameworks/log-text';

/** Newest lines kept in memory. */
const REMEMBERED = 500;
const DEFAULT_MAX_BYTES = 5 * 2 ** 20;

/** What an app and its runner say: the newest lines in memory, more of them in a file of limited size. */
export class AppLog {
  readonly #file: string;
  readonly #maxBytes: number;
  readonly #lines: string[] = [];
  readonly #listeners = new Set<(line: string) => void>();
  #descriptor: number | null = null;
  #size = 0;

  /** @param file - absolute; the older half is kept beside it as `<file>.1`. */
  constructor(file: string, maxBytes = DEFAULT_MAX_BYTES) {
    this.#file = file;
    this.#maxBytes = maxBytes;
  }

  /** Newest last. */
  get lines(): readonly string[] {
    return this.#lines;
  }

  add(text: string): void {
    const line = plainText(text);
    this.#lines.push(line);
    if (this.#lines.length > REMEMBERED) {
      this.#lines.shift();
    }
    this.#write(`${line}\n`);
    for (const listener of this.#listeners) {
      listener(line);
    }
  }

  /** Listens to further lines; the result ends that. */
  listen(listener: (line: string) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  close(): void {
    if (this.#descriptor !== null) {
      closeSync(this.#descriptor);
      this.#descriptor = null;
    }
  }

  /** A full disk must not stop the app: what cannot be written is only remembered. */
  #write(text: string): void {
    try {
      if (this.#size + text.length > this.#maxBytes / 2 && this.#descriptor !== null) {
        this.close();
        renameSync(this.#file, `${this.#file}.1`);
      }
      if (this.#descriptor === null) {
        mkdirSync(path.dirname(this.#file), { recursive: true, mode: 0o700 });
        this.#descriptor = openSync(this.#file, 'a', 0o600);
        this.#size = fstatSync(this.#descriptor).size;
      }
      this.#size += writeSync(this.#descriptor, text);
    } catch {
      this.close();
    }
  }
}
