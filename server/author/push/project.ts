import { fstatSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';

import type { Source } from '../../contract';
import { LONGEST_PATH } from '../../contract/relay';
import { inside, withFile, withFolders, withParent, withRoot } from '../../files/anchor';
import { entryParts, explainedEntry } from '../../files/entry';
import { readExcludes } from '../../files/excludes';
import { expandHome, homeIn } from '../../files/home';
import { keepChanging, pathTooLong, refuseLeaving } from '../../files/problems';
import { walk } from '../../files/walk';
import { ProblemError, systemCode } from '../../problem-error';
import type { Offer, OfferedFile, OfferedItem } from '../../relay/offer';
import { HashCache, identityOf } from './hash-cache';
import { FileChanged, isLarge, lookAt, readFile, readLargeFile, type Read, type Unread } from './read-file';
import { Standpoint } from './standpoint';

type FilesSource = Extract<Source, { kind: 'files' }>;

/** Reading is interrupted so often: the runner hears in between that somebody is at work. */
const SLICE_MS = 50;

/** The author's project as it is offered: what it consists of, and what each file was when it was read. */
export class Project {
  readonly #identities: ReadonlyMap<string, string>;

  private constructor(
    readonly root: string,
    readonly offer: Offer,
    /** Files that could not be read at rest. They are not in the offer. */
    readonly changing: readonly string[],
    identities: ReadonlyMap<string, string>,
    private readonly cache: HashCache
  ) {
    this.#identities = identities;
  }

  /** Keeps the hashes for the next time. */
  remember(): void {
    this.cache.save();
  }

  /**
   * Reads a project: names, times and hashes, the latter only of what has changed since it was read last.
   *
   * @param believed - false: hashes of all files, whatever was remembered.
   * @param goOn - called now and then; throws what ends it.
   * @throws ProblemError
   */
  static async read(
    source: FilesSource,
    home: string,
    now: () => number,
    believed: boolean,
    goOn: () => void
  ): Promise<Project> {
    const root = expandHome(source.root, home);
    try {
      const cache = new HashCache(home, root, now(), believed);
      const look = (path: string, at: string): Found => lookAt(path, at, cache);
      const found = withRoot(root, folder =>
        source.scope === 'file' ? one(folder, source.entry, look) : all(folder, root, home, look)
      );
      const deep = found.find(item => Buffer.byteLength(item.path) > LONGEST_PATH);
      if (deep) {
        throw pathTooLong(deep.path);
      }
      refuseLeaving(new Map(found.flatMap(item => (item.kind === 'link' ? [[item.path, item.target] as const] : []))));
      const identities = new Map<string, string>();
      const changing: string[] = [];
      const items: OfferedItem[] = [];
      const take = ({ path, file, identity }: Read): void => {
        items.push(file);
        identities.set(path, identity);
      };
      const miss = (path: string, error: unknown): void => {
        if (!(error instanceof FileChanged) && !isGone(error)) {
          throw error;
        }
        changing.push(path);
      };
      for (let at = 0; at < found.length;) {
        withRoot(root, folder => {
          const until = performance.now() + SLICE_MS;
          for (; at < found.length && performance.now() < until && !isSlow(found[at]); at++) {
            const item = found[at];
            if (item?.kind === 'file' || item?.kind === 'unread') {
              try {
                take(item.kind === 'file' ? item : readFile(folder, item.path, cache));
              } catch (error) {
                miss(item.path, error);
              }
            } else if (item) {
              items.push(item);
            }
          }
        });
        const item = found[at];
        if (isSlow(item)) {
          await readLargeFile(root, item.path, cache, goOn).then(take, (error: unknown) => miss(item.path, error));
          at += 1;
        }
        await setImmediate();
        goOn();
      }
      const files = items.filter(item => item.kind === 'file');
      const offer = { items, files: files.length, bytes: files.reduce((sum, { size }) => sum + size, 0) };
      return new Project(root, offer, changing, identities, cache);
    } catch (error) {
      throw explained(error, source);
    }
  }

  /**
   * Hands over an open file that is as it was when it was hashed.
   *
   * @throws FileChanged where it is not, before or after
   */
  use<T>(folder: number, path: string, use: (fd: number) => T): T {
    return withParent(folder, path, (parent, name) =>
      withFile(parent, name, fd => {
        const identity = this.#identities.get(path);
        if (identityOf(fstatSync(fd, { bigint: true })) !== identity) {
          throw new FileChanged(path);
        }
        const result = use(fd);
        if (identityOf(fstatSync(fd, { bigint: true })) !== identity) {
          throw new FileChanged(path);
        }
        return result;
      })
    );
  }
}

/** What the walk finds. Files that have not changed since they were read last are not opened. */
type Found = Exclude<OfferedItem, OfferedFile> | Read | Unread;
/** @param at - where it is found now, anchored. */
type Look = (path: string, at: string) => Found;

function all(folder: number, root: string, home: string, look: Look): Found[] {
  const found: Found[] = [];
  const standpoint = new Standpoint();
  try {
    walk(folder, readExcludes(folder, homeIn(root, home)), {
      folder(path, fd) {
        standpoint.leave();
        found.push({ kind: 'folder', path, mtime: String(fstatSync(fd, { bigint: true }).mtimeNs) });
      },
      file: (path, parent, name) => found.push(look(path, standpoint.inside(parent, name))),
      link: (path, target) => found.push({ kind: 'link', path, target }),
      skipped: () => {},
      excluded: () => {}
    });
  } finally {
    standpoint.end();
  }
  return found;
}

function one(folder: number, entry: string, look: Look): Found[] {
  const parts = entryParts(entry);
  const found: Found[] = [];
  try {
    for (let depth = 1; depth < parts.length; depth++) {
      const path = parts.slice(0, depth);
      const mtime = withFolders(folder, path, fd => fstatSync(fd, { bigint: true }).mtimeNs);
      found.push({ kind: 'folder', path: path.join('/'), mtime: String(mtime) });
    }
    withParent(folder, entry, (parent, name) =>
      withFile(parent, name, () => found.push(look(entry, inside(parent, name))))
    );
  } catch (error) {
    throw explainedEntry(entry, error);
  }
  return found;
}

function isSlow(item: Found | undefined): item is Unread {
  return item?.kind === 'unread' && isLarge(item);
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
