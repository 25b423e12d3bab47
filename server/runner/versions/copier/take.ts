import { fchmodSync, fstatSync, lstatSync, rmSync, type BigIntStats } from 'node:fs';

import { inside, withFile } from '../../../files/anchor';
import { hashBytes } from '../../../files/chunks';
import { lookAt } from '../../../files/look-at';
import type { FileEntry } from '../../../files/manifest';
import { clone, copyBytes, isExecutable, sealClone, sealedMode } from './copy-file';
import type { Earlier, EarlierFiles } from './earlier';
import { FileKeepsChanging } from '../../../files/problems';
import { isIntact, link, share } from './share';
import { MARGIN_NS } from '../../../files/times';

const ATTEMPTS = 3;
/** Times of files go in steps of some milliseconds: what is written twice in one of them shows no second time. */
const STEP_MS = 20;

/**
 * How a file has come into a version: as another name of the earlier version's file, or of the source file itself where
 * that is the store's own; sharing its blocks; byte by byte. The last three have to be put on the disk.
 */
export interface Taken {
  /** Without its hash where that is still to be made. */
  entry: FileEntry;
  how: 'shared' | 'linked' | 'cloned' | 'copied';
}

export interface Taking {
  /** Folder of the new version's files, absolute. */
  files: string;
  earlier: EarlierFiles;
  own: boolean;
  /** Has the hash of a file of the new version made, and put into its entry, before the version is complete. */
  hash(entry: FileEntry, file: string): void;
  /** Called with the size of a file before it is read. */
  expect(bytes: number): void;
  /** Throws to stop. */
  check(): void;
}

/** Takes the file `name` of an open folder; `at` is its path in the published folder. */
export type Take = (at: string, parent: number, name: string) => Taken;

/**
 * What takes files into a version, sealed: each as it was at one moment, with its times.
 *
 * A file is the earlier version's if device, inode, size and both times are the same: it is not even opened. All else that
 * may be unchanged is read and compared by its hash: a file that was moved, which changes the ctime as setting the mtime
 * back after a write does; one whose inode is another one although it looks the same, as after a restore or another mount
 * of a network drive; one that was written to about when it was copied last. This costs time but no space.
 *
 * @returns throws FileKeepsChanging
 */
export function createTake({ files, earlier, own, hash, expect, check }: Taking): Take {
  let cloning = true;

  function takeOpen(source: number, at: string, parent: number, name: string, target: string): Taken {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      check();
      const stat = atRest(source);
      if (!stat.isFile()) {
        break;
      }
      expect(Number(stat.size));
      const taken =
        takeMoved(source, at, target, stat) ??
        (own ? takeItself(source, at, inside(parent, name), target, stat) : null) ??
        takeCopy(source, at, target, stat);
      // What is shared has been compared, and a further name of a file has changed its ctime.
      if (taken.how === 'shared' || taken.how === 'linked' || same(stat, fstatSync(source, { bigint: true }))) {
        if (taken.how !== 'shared') {
          hash(taken.entry, target);
        }
        return taken;
      }
      rmSync(target);
    }
    throw new FileKeepsChanging(at);
  }

  function takeMoved(source: number, at: string, target: string, stat: BigIntStats): Taken | null {
    const candidates = [earlier.at(at), earlier.ofInode(stat)].filter(one => one !== null && mayBe(one.entry, stat));
    if (candidates.length === 0) {
      return null;
    }
    const sha256 = hashBytes(source, Number(stat.size), check);
    const found = candidates.find(one => one?.entry.sha256 === sha256);
    return found && share(found, target) ? { entry: entryOf(at, stat, sha256), how: 'shared' } : null;
  }

  function takeItself(source: number, at: string, file: string, target: string, stat: BigIntStats): Taken | null {
    if (!link(file, target)) {
      return null;
    }
    fchmodSync(source, sealedMode(stat));
    // A further name and its rights have changed the ctime.
    const linked = lstatSync(target, { bigint: true });
    if (linked.ino !== stat.ino) {
      throw new FileKeepsChanging(at);
    }
    return { entry: entryOf(at, linked, ''), how: 'linked' };
  }

  function takeCopy(source: number, at: string, target: string, stat: BigIntStats): Taken {
    cloning &&= clone(source, target);
    if (cloning) {
      sealClone(target, stat);
    } else {
      copyBytes(source, target, stat, check);
    }
    return { entry: entryOf(at, stat, ''), how: cloning ? 'cloned' : 'copied' };
  }

  return (at, parent, name) => {
    check();
    const target = `${files}/${at}`;
    const file = inside(parent, name);
    const before = earlier.at(at);
    const stat = before && lstatSync(file, { bigint: true });
    if (stat && own && isSameFile(before, stat) && link(file, target)) {
      return { entry: entryOf(at, stat, before.entry.sha256), how: 'shared' };
    }
    if (stat && isUnchanged(before.entry, stat, earlier.startedAt) && share(before, target)) {
      return { entry: before.entry, how: 'shared' };
    }
    return withFile(parent, name, source => takeOpen(source, at, parent, name, target));
  };
}

/** What a file is, at a moment after which a change of it is seen. */
function atRest(source: number): BigIntStats {
  const stat = fstatSync(source, { bigint: true });
  const age = Date.now() - Number(stat.ctimeMs);
  if (age < 0 || age >= STEP_MS) {
    return stat;
  }
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, STEP_MS);
  return fstatSync(source, { bigint: true });
}

export function entryOf(at: string, stat: BigIntStats, sha256: string): FileEntry {
  return {
    kind: 'file',
    path: at,
    size: Number(stat.size),
    executable: isExecutable(stat),
    mtime: String(stat.mtimeNs),
    sha256,
    origin: { dev: String(stat.dev), ino: String(stat.ino), ctime: String(stat.ctimeNs) }
  };
}

function same(a: BigIntStats, b: BigIntStats): boolean {
  return a.size === b.size && a.mtimeNs === b.mtimeNs && a.ctimeNs === b.ctimeNs;
}

/** Whether an earlier entry may be of this file, going by what a move leaves as it is. */
function mayBe(entry: FileEntry, stat: BigIntStats): boolean {
  return (
    BigInt(entry.size) === stat.size && entry.mtime === String(stat.mtimeNs) && entry.executable === isExecutable(stat)
  );
}

function isUnchanged(entry: FileEntry, stat: BigIntStats, startedAt: bigint): boolean {
  return (
    mayBe(entry, stat) &&
    entry.origin.ino === String(stat.ino) &&
    entry.origin.ctime === String(stat.ctimeNs) &&
    entry.origin.dev === String(stat.dev) &&
    stat.mtimeNs < startedAt - MARGIN_NS &&
    stat.ctimeNs < startedAt - MARGIN_NS
  );
}

/** Whether the earlier version's file and the source are one, which nobody has written into since. */
function isSameFile(earlier: Earlier, stat: BigIntStats): boolean {
  const kept = lookAt(earlier.file);
  return kept?.ino === stat.ino && kept.dev === stat.dev && isIntact(earlier, kept);
}
