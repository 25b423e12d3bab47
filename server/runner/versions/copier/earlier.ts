import path from 'node:path';

import type { BigIntStats } from 'node:fs';

import type { FileEntry } from '../../../files/manifest';
import { readManifest } from '../../../files/read-manifest';
import type { Places } from '../../../files/places';

/** A file of the earlier version that the new one may share. */
export interface Earlier {
  entry: FileEntry;
  file: string;
}

/** The files of a version that is on the disk: found by path, or by the author's file that they are of. */
export class EarlierFiles {
  /** When that version was begun, in ns. */
  readonly startedAt: bigint;
  readonly #files: string;
  readonly #byPath = new Map<string, FileEntry>();
  /** Made when something is found to have moved. */
  #byInode: Map<string, FileEntry> | null = null;

  /** @param n - null: there is no such version. */
  constructor(places: Places, n: number | null) {
    const manifest = n === null ? null : readManifest(places.manifest(n));
    this.startedAt = BigInt(Math.floor(manifest?.summary.startedAt ?? 0)) * 1_000_000n;
    this.#files = n === null ? '' : places.files(n);
    for (const entry of manifest?.entries ?? []) {
      if (entry.kind === 'file') {
        this.#byPath.set(entry.path, entry);
      }
    }
  }

  at(at: string): Earlier | null {
    return this.#found(this.#byPath.get(at));
  }

  /** What was copied from the same inode, wherever that was then. */
  ofInode({ dev, ino }: BigIntStats): Earlier | null {
    this.#byInode ??= new Map(
      [...this.#byPath.values()].map(entry => [key(entry.origin.dev, entry.origin.ino), entry])
    );
    return this.#found(this.#byInode.get(key(dev, ino)));
  }

  #found(entry: FileEntry | undefined): Earlier | null {
    return entry ? { entry, file: path.join(this.#files, entry.path) } : null;
  }
}

function key(dev: bigint | string, ino: bigint | string): string {
  return `${dev}:${ino}`;
}
