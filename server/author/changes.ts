import { createHash } from 'node:crypto';
import { readSync, type BigIntStats } from 'node:fs';

import type { Plan } from '../contract';
import { withFile } from '../files/anchor';
import type { FileEntry, ManifestEntry } from '../files/manifest';
import { CutList } from './cut-list';

/** As much is read to tell whether files whose times alone differ are the same. */
const MOST_READ = 64 * 2 ** 20;
const CHUNK = 2 ** 20;

/** Compares what will be published with a version that there is. Folders do not count: nobody misses an empty one. */
export class Changes {
  constructor(version: number, entries: Iterable<ManifestEntry>) {
    this._version = version;
    for (const entry of entries) {
      if (entry.kind !== 'folder') {
        this._unseen.set(entry.path, entry);
      }
    }
  }

  /** @param parent - the open folder that holds the file as `name`. */
  file(path: string, stat: BigIntStats, parent: number, name: string): void {
    const entry = this._take(path);
    if (entry === undefined) {
      this._added.add(path);
    } else if (entry.kind !== 'file' || !this._isSame(entry, stat, parent, name)) {
      this._changed.add(path);
    }
  }

  link(path: string, target: string): void {
    const entry = this._take(path);
    if (entry === undefined) {
      this._added.add(path);
    } else if (entry.kind !== 'link' || entry.target !== target) {
      this._changed.add(path);
    }
  }

  /** Once everything has been seen. */
  get found(): NonNullable<Plan['changes']> {
    const removed = new CutList<string>();
    for (const path of this._unseen.keys()) {
      removed.add(path);
    }
    return { version: this._version, added: this._added.cut, changed: this._changed.cut, removed: removed.cut };
  }

  private _take(path: string): ManifestEntry | undefined {
    const entry = this._unseen.get(path);
    this._unseen.delete(path);
    return entry;
  }

  private _isSame(entry: FileEntry, stat: BigIntStats, parent: number, name: string): boolean {
    if (BigInt(entry.size) !== stat.size || entry.executable !== ((stat.mode & 0o111n) !== 0n)) {
      return false;
    }
    const sameTime = entry.mtime === String(stat.mtimeNs);
    if (sameTime && entry.origin.ino === String(stat.ino) && entry.origin.ctime === String(stat.ctimeNs)) {
      return true;
    }
    // Saved anew, checked out again by Git, moved: whether it is another file is in its content.
    if (entry.size > this._mayRead) {
      return sameTime;
    }
    this._mayRead -= entry.size;
    return sha256(parent, name) === entry.sha256;
  }

  private readonly _version: number;
  private readonly _unseen = new Map<string, ManifestEntry>();
  private readonly _added = new CutList<string>();
  private readonly _changed = new CutList<string>();
  private _mayRead = MOST_READ;
}

/** Of a file that is read as far as it was when it was opened; null where it cannot be read. */
function sha256(parent: number, name: string): string | null {
  try {
    return withFile(parent, name, file => {
      const hash = createHash('sha256');
      const buffer = Buffer.allocUnsafe(CHUNK);
      for (let read = readSync(file, buffer); read > 0; read = readSync(file, buffer)) {
        hash.update(buffer.subarray(0, read));
      }
      return hash.digest('hex');
    });
  } catch {
    return null;
  }
}
