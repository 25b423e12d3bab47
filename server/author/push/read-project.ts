import { closeSync, fstatSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';

import type { Source } from '../../contract';
import { LONGEST_PATH } from '../../contract/relay';
import { inside, openRoot, withFile, withFolders, withParent } from '../../files/anchor';
import { entryParts, explainedEntry } from '../../files/entry';
import { readExcludes } from '../../files/excludes';
import { expandHome, homeIn } from '../../files/home';
import { keepChanging, pathTooLong, refuseLeaving } from '../../files/problems';
import { walkInSteps } from '../../files/walk';
import { ProblemError, systemCode } from '../../problem-error';
import type { OfferedFolder, OfferedLink } from '../../relay/offer';
import type { HashCache } from './hash-cache';
import { Project } from './project';
import { FileChanged, readFile, readLargeFile, type ReadFile, type Unread } from './read-file';
import { Standpoint } from './standpoint';

type FilesSource = Extract<Source, { kind: 'files' }>;
export type ReadItem = ReadFile | OfferedFolder | OfferedLink;

/** Reading is interrupted so often: what was read is sent in between, which takes several turns for each piece. */
const SLICE_MS = 5;

export interface ReadingProject {
  home: string;
  /** Hashes that were made earlier. */
  cache: HashCache;
  /** Told what was read since it was told last, in the order of the offer. */
  read(items: readonly ReadItem[]): void;
  /** Called now and then; throws what ends it. */
  goOn(): void;
}

/**
 * Reads a project: names, times and hashes, the latter only of what has changed since it was read last.
 *
 * @throws ProblemError
 */
export async function readProject(source: FilesSource, reading: ReadingProject): Promise<Project> {
  const { home, cache, read, goOn } = reading;
  const root = expandHome(source.root, home);
  const items: ReadItem[] = [];
  const links = new Map<string, string>();
  const changing: string[] = [];

  const add = (item: ReadItem): void => {
    if (Buffer.byteLength(item.path) > LONGEST_PATH) {
      throw pathTooLong(item.path);
    }
    if (item.kind === 'link') {
      links.set(item.path, item.target);
    }
    items.push(item);
  };
  const miss = (path: string, error: unknown): void => {
    if (!(error instanceof FileChanged) && !isGone(error)) {
      throw error;
    }
    changing.push(path);
  };
  const look: Look = (parent, name, path, at) => {
    try {
      return [readFile(parent, name, path, at, cache)];
    } catch (error) {
      miss(path, error);
      return [];
    }
  };

  try {
    const folder = openRoot(root);
    try {
      let told = 0;
      const slices = source.scope === 'file' ? one(folder, source.entry, look) : all(folder, root, home, look);
      for (const found of slices) {
        for (const item of found) {
          if (item.kind === 'unread') {
            const large = readLargeFile(folder, item.path, cache, goOn);
            await large.then(add, (error: unknown) => miss(item.path, error));
          } else {
            add(item);
          }
        }
        read(items.slice(told));
        told = items.length;
        await setImmediate();
        goOn();
      }
    } finally {
      closeSync(folder);
    }
    refuseLeaving(links);
    const files = items.filter(item => item.kind === 'file');
    const offer = { items, files: files.length, bytes: files.reduce((sum, { size }) => sum + size, 0) };
    return new Project(root, offer, changing, cache);
  } catch (error) {
    throw explained(error, source);
  }
}

type Found = ReadItem | Unread;
/** @param at - where it is found now, anchored. @returns nothing of a file that changes, or has gone meanwhile */
type Look = (parent: number, name: string, path: string, at: string) => Found[];

function* all(folder: number, root: string, home: string, look: Look): Generator<Found[]> {
  const standpoint = new Standpoint();
  let found: Found[] = [];
  const steps = walkInSteps(folder, readExcludes(folder, homeIn(root, home)), {
    folder(path, fd) {
      standpoint.leave();
      found.push({ kind: 'folder', path, mtime: String(fstatSync(fd, { bigint: true }).mtimeNs) });
    },
    file: (path, parent, name) => found.push(...look(parent, name, path, standpoint.inside(parent, name))),
    link: (path, target) => found.push({ kind: 'link', path, target }),
    skipped: () => {},
    excluded: () => {}
  });
  try {
    let until = performance.now() + SLICE_MS;
    for (const _step of steps) {
      if (performance.now() >= until) {
        standpoint.end();
        yield found;
        found = [];
        until = performance.now() + SLICE_MS;
      }
    }
  } finally {
    standpoint.end();
  }
  yield found;
}

function* one(folder: number, entry: string, look: Look): Generator<Found[]> {
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

function isGone(error: unknown): boolean {
  return ['ENOENT', 'ELOOP', 'ENOTDIR', 'ESTALE'].includes(systemCode(error) ?? '');
}

function explained(error: unknown, source: FilesSource): unknown {
  switch (systemCode(error)) {
    case 'EACCES':
    case 'EPERM':
      return new ProblemError('folder_not_readable', `Not all of ${source.root} can be read.`, {
        fix: 'Make the files readable for yourself, or name them in .dashboardignore, then publish again.',
        ...(error instanceof Error && { detail: error.message }),
        cause: error
      });
    // A name that was listed is gone or has become a link: somebody is working in the folder.
    case 'ENOENT':
    case 'ELOOP':
    case 'ENOTDIR':
    case 'ESTALE':
      return keepChanging([error instanceof Error ? error.message : source.root]);
    default:
      return error;
  }
}
