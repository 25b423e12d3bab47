import { fstatSync, lstatSync } from 'node:fs';

import { inside, withFile, withFolders, withParent } from '../../files/anchor';
import { entryParts, explainedEntry } from '../../files/entry';
import { ENVIRONMENT_MARK, type Excludes } from '../../files/excludes';
import { walkInSteps } from '../../files/walk';
import type { OfferedFolder, OfferedLink } from '../../relay/offer';
import type { FindListing } from './find-listing';
import type { ReadFile, Unread } from './read-file';
import { partsOf, type Remembered } from './remembered';
import { Standpoint } from './standpoint';

export type ReadItem = ReadFile | OfferedFolder | OfferedLink;
export type Found = ReadItem | Unread;

/** @param at - where it is found now, anchored. @returns nothing of a file that changes, or has gone meanwhile */
export type Look = (parent: number, name: string, path: string, at: string) => Found[];

/** Reading is interrupted so often: what was read is sent in between, which takes several turns for each piece. */
const SLICE_MS = 5;

/** Takes what was found, and says whether it is time to hand it over. */
class Slice {
  found: Found[] = [];
  #until = performance.now() + SLICE_MS;

  get full(): boolean {
    return performance.now() >= this.#until;
  }

  taken(): Found[] {
    const { found } = this;
    this.found = [];
    this.#until = performance.now() + SLICE_MS;
    return found;
  }
}

/** All of an open folder. */
export function* carefully(folder: number, excludes: Excludes, look: Look): Generator<Found[]> {
  const standpoint = new Standpoint();
  const slice = new Slice();
  const steps = walkInSteps(folder, excludes, {
    folder(path, fd) {
      standpoint.leave();
      slice.found.push({ kind: 'folder', path, mtime: String(fstatSync(fd, { bigint: true }).mtimeNs) });
    },
    file: (path, parent, name) => slice.found.push(...look(parent, name, path, standpoint.inside(parent, name))),
    link: (path, target) => slice.found.push({ kind: 'link', path, target }),
    skipped: () => {},
    excluded: () => {}
  });
  try {
    for (const _step of steps) {
      if (slice.full) {
        standpoint.end();
        yield slice.taken();
      }
    }
  } finally {
    standpoint.end();
  }
  yield slice.taken();
}

/**
 * All of an open folder, as `find` has listed it, but what the other end knows already: files are looked at where their hashes
 * are not remembered.
 *
 * @throws NotListed: some of it may have been handed over by then
 */
export async function* quickly(
  folder: number,
  listing: FindListing,
  remembered: Remembered,
  look: Look
): AsyncGenerator<Found[]> {
  /** The last environment; what is in a folder follows it. */
  let environment: string | null = null;
  for await (const piece of listing.pieces()) {
    const slice = new Slice();
    for (const { kind, path, told } of piece) {
      if (environment !== null && path.startsWith(environment)) {
        continue;
      }
      if (kind === 'folder') {
        if (exists(folder, `${path}/${ENVIRONMENT_MARK}`)) {
          environment = `${path}/`;
        } else {
          slice.found.push({ kind, path, mtime: nanoseconds(told) });
        }
      } else if (kind === 'link') {
        slice.found.push({ kind, path, target: told });
      } else if (!remembered.isOffered(path, kind, told)) {
        const known = knownFile(path, told, remembered);
        const found = known
          ? [known]
          : withParent(folder, path, (parent, name) => look(parent, name, path, inside(parent, name)));
        slice.found.push(...found);
      }
      if (slice.full) {
        yield slice.taken();
      }
    }
    yield slice.taken();
  }
}

/** @param identity - as `FindListing` tells it. */
function knownFile(path: string, identity: string, remembered: Remembered): ReadFile | null {
  const sha256 = remembered.sha256(path, identity);
  if (sha256 === undefined) {
    return null;
  }
  const { size, mtime, mode } = partsOf(identity);
  const executable = (parseInt(mode, 8) & 0o111) !== 0;
  return {
    kind: 'file',
    path,
    size: Number(size),
    mtime: nanoseconds(mtime),
    executable,
    sha256,
    identity,
    settled: true
  };
}

/** @param time - seconds, with ten digits after the point. */
function nanoseconds(time: string): string {
  const digits = time.slice(0, -11) + time.slice(-10, -1);
  // The first second of 1970, and what was before.
  return digits < '1' ? String(BigInt(digits)) : digits;
}

function exists(folder: number, path: string): boolean {
  return lstatSync(inside(folder, path), { throwIfNoEntry: false }) !== undefined;
}

/** A file alone, with the folders that it is in. */
export function* alone(folder: number, entry: string, look: Look): Generator<Found[]> {
  const parts = entryParts(entry);
  const found: Found[] = [];
  try {
    for (let depth = 1; depth < parts.length; depth++) {
      const path = parts.slice(0, depth);
      const mtime = withFolders(folder, path, fd => fstatSync(fd, { bigint: true }).mtimeNs);
      found.push({ kind: 'folder', path: path.join('/'), mtime: String(mtime) });
    }
    withParent(folder, entry, (parent, name) =>
      withFile(parent, name, () => found.push(...look(parent, name, entry, inside(parent, name))))
    );
  } catch (error) {
    throw explainedEntry(entry, error);
  }
  yield found;
}
