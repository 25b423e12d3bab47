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
import type { HashCache } from './hash-cache';
import { Project } from './project';
import { FileChanged, readFile, readLargeFile } from './read-file';
import { alone, carefully, quickly, type Found, type Look, type ReadItem } from './walks';

type FilesSource = Extract<Source, { kind: 'files' }>;

export interface ReadingProject {
  home: string;
  /** Hashes that were made earlier. */
  cache: HashCache;
  /** Of the project's folder; null: it is walked through with care. */
  listing: FindListing | null;
  /** Told what was read since it was told last, in the order of the offer. */
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
  const { home, cache, listing, read, goOn } = reading;
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

  const slices = (folder: number): Iterable<Found[]> | AsyncIterable<Found[]> => {
    if (source.scope === 'file') {
      return alone(folder, source.entry, look);
    }
    const excludes = readExcludes(folder, homeIn(root, home));
    return listing && excludes.everywhereAlike
      ? quickly(folder, listing, cache, look)
      : carefully(folder, excludes, look);
  };

  try {
    const folder = openRoot(root);
    try {
      let told = 0;
      for await (const found of slices(folder)) {
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
