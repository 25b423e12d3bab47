import { fstatSync, lstatSync, type BigIntStats } from 'node:fs';
import { setImmediate } from 'node:timers/promises';

import type { Source } from '../../contract';
import { LONGEST_PATH } from '../../contract/relay';
import { inside, withFile, withFolders, withRoot } from '../../files/anchor';
import { hashBytes } from '../../files/chunks';
import { entryParts, explainedEntry } from '../../files/entry';
import { readExcludes } from '../../files/excludes';
import { expandHome, homeIn } from '../../files/home';
import { keepChanging, pathTooLong, refuseLeaving } from '../../files/problems';
import { walk } from '../../files/walk';
import { ProblemError, systemCode } from '../../problem-error';
import type { Offer, OfferedFile, OfferedItem } from '../../relay/offer';
import { HashCache, identityOf } from './hash-cache';
import { Standpoint } from './standpoint';

type FilesSource = Extract<Source, { kind: 'files' }>;

/** How often a file is read that changes while it is read. */
const ATTEMPTS = 3;
/** Reading is interrupted so often: the runner hears in between that somebody is at work. */
const SLICE_MS = 50;

/** A file is not what it was when it was hashed, or keeps changing. */
export class FileChanged extends Error {
  constructor(readonly path: string) {
    super(`${path} has changed`);
  }
}

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
      const look = (path: string, at: string): Found => known(path, at, cache);
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
      for (let at = 0; at < found.length;) {
        withRoot(root, folder => {
          for (const until = performance.now() + SLICE_MS; at < found.length && performance.now() < until; at++) {
            const item = found[at];
            if (item?.kind === 'file' || item?.kind === 'unread') {
              try {
                const read = item.kind === 'file' ? item : hashed(folder, item.path, cache);
                items.push(read.file);
                identities.set(item.path, read.identity);
              } catch (error) {
                if (!(error instanceof FileChanged) && !isGone(error)) {
                  throw error;
                }
                changing.push(item.path);
              }
            } else if (item) {
              items.push(item);
            }
          }
        });
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
    return inFolder(folder, path, (parent, name) =>
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

interface Read {
  kind: 'file';
  path: string;
  file: OfferedFile;
  identity: string;
}
/** What the walk finds. Files that have not changed since they were read last are not opened. */
type Found = Exclude<OfferedItem, OfferedFile> | Read | { kind: 'unread'; path: string };
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
    inFolder(folder, entry, (parent, name) =>
      withFile(parent, name, () => found.push(look(entry, inside(parent, name))))
    );
  } catch (error) {
    throw explainedEntry(entry, error);
  }
  return found;
}

function known(path: string, at: string, cache: HashCache): Found {
  const stat = lstatSync(at, { bigint: true });
  const identity = identityOf(stat);
  const sha256 = stat.isFile() ? cache.get(identity) : undefined;
  return sha256 === undefined ? { kind: 'unread', path } : readAs(path, stat, identity, sha256);
}

function readAs(path: string, stat: BigIntStats, identity: string, sha256: string): Read {
  const { size, mode, mtimeNs } = stat;
  const executable = (mode & 0o111n) !== 0n;
  const file: OfferedFile = { kind: 'file', path, size: Number(size), mtime: String(mtimeNs), executable, sha256 };
  return { kind: 'file', path, file, identity };
}

function hashed(root: number, path: string, cache: HashCache): Read {
  return inFolder(root, path, (parent, name) =>
    withFile(parent, name, fd => {
      for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
        const stat = fstatSync(fd, { bigint: true });
        if (!stat.isFile()) {
          break;
        }
        const identity = identityOf(stat);
        const sha256 = hashBytes(fd, Number(stat.size));
        if (identityOf(fstatSync(fd, { bigint: true })) === identity) {
          cache.add(stat, sha256);
          return readAs(path, stat, identity, sha256);
        }
      }
      throw new FileChanged(path);
    })
  );
}

function isGone(error: unknown): boolean {
  return ['ENOENT', 'ELOOP', 'ENOTDIR', 'ESTALE'].includes(systemCode(error) ?? '');
}

function inFolder<T>(root: number, path: string, use: (parent: number, name: string) => T): T {
  const parts = path.split('/');
  const name = parts.pop() ?? '';
  return withFolders(root, parts, parent => use(parent, name));
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
