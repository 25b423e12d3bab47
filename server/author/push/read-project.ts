import { closeSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';

import type { Source } from '../../contract';
import { LONGEST_PATH } from '../../contract/relay';
import { openRoot } from '../../files/anchor';
import { readExcludes } from '../../files/excludes';
import { expandHome, homeIn } from '../../files/home';
import { keepChanging, pathTooLong, refuseLeaving } from '../../files/problems';
import { ProblemError, systemCode } from '../../problem-error';
import type { FindListing } from './find-listing';
import { Project } from './project';
import { FileChanged, readFile, readLargeFile } from './read-file';
import type { Remembered } from './remembered';
import { alone, carefully, quickly, type Found, type Look, type ReadItem } from './walks';

type FilesSource = Extract<Source, { kind: 'files' }>;

export interface ReadingProject {
  home: string;
  /** What was read earlier; `begin` has been called. */
  remembered: Remembered;
  /** Of the project's folder; null: it is walked through with care. */
  listing: FindListing | null;
  /** Told what was read since it was told last, and is not offered already, in the order of the offer. */
  read(items: readonly ReadItem[]): void;
  /** Called now and then; throws what ends it. */
  goOn(): void;
}

/**
 * Reads a project: names, times and hashes, the latter only of what has changed since it was read last.
 *
 * @throws ProblemError, or NotListed where the listing does not do: the project is to be read anew without it
 */
export async function readProject(source: FilesSource, reading: ReadingProject): Promise<Project> {
  const { home, remembered, listing, read, goOn } = reading;
  const root = expandHome(source.root, home);
  let items: ReadItem[] = [];
  const links = new Map<string, string>();
  const changing: string[] = [];

  const add = (item: ReadItem): void => {
    if (Buffer.byteLength(item.path) > LONGEST_PATH) {
      throw pathTooLong(item.path);
    }
    if (item.kind === 'link') {
      links.set(item.path, item.target);
    }
    if (!remembered.isOffered(item.path, item.kind, toldOf(item))) {
      remembered.add(item);
      items.push(item);
    }
  };
  const miss = (path: string, error: unknown): void => {
    if (!(error instanceof FileChanged) && !isGone(error)) {
      throw error;
    }
    changing.push(path);
  };
  const look: Look = (parent, name, path, at) => {
    try {
      return [readFile(parent, name, path, at, remembered)];
    } catch (error) {
      miss(path, error);
      return [];
    }
  };

  const slices = (folder: number): Iterable<Found[]> | AsyncIterable<Found[]> => {
    if (source.scope === 'file') {
      return alone(folder, source.entry, look);
    }
    const excludes = readExcludes(folder, homeIn(root, home));
    return listing && excludes.everywhereAlike
      ? quickly(folder, listing, remembered, look)
      : carefully(folder, excludes, look);
  };

  try {
    const folder = openRoot(root);
    try {
      for await (const found of slices(folder)) {
        for (const item of found) {
          if (item.kind === 'unread') {
            const large = readLargeFile(folder, item.path, remembered, goOn);
            await large.then(add, (error: unknown) => miss(item.path, error));
          } else {
            add(item);
          }
        }
        read(items);
        items = [];
        await setImmediate();
        goOn();
      }
    } finally {
      closeSync(folder);
    }
    refuseLeaving(links);
    return new Project(root, remembered.end(), changing);
  } catch (error) {
    throw explained(error, source);
  }
}

function toldOf(item: ReadItem): string {
  switch (item.kind) {
    case 'file':
      return item.identity;
    case 'folder':
      return item.mtime;
    case 'link':
      return item.target;
  }
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
