import { fstatSync, type BigIntStats } from 'node:fs';
import { setImmediate } from 'node:timers/promises';

import type { Source } from '../../contract';
import { withFile, withFolders, withRoot } from '../../files/anchor';
import { entryParts, explainedEntry } from '../../files/entry';
import { readExcludes } from '../../files/excludes';
import { expandHome, isHome } from '../../files/home';
import { leavingLinks } from '../../files/links';
import { walk } from '../../files/walk';
import { ProblemError, systemCode } from '../../problem-error';
import { hashOfOpen } from '../../relay/hash-file';
import type { Offer, OfferedFile, OfferedItem } from '../../relay/offer';
import { HashCache } from './hash-cache';

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
    identities: ReadonlyMap<string, string>
  ) {
    this.#identities = identities;
  }

  /**
   * Reads a project: names, times and hashes, the latter only of what has changed since it was read last.
   *
   * @throws ProblemError
   */
  static async read(source: FilesSource, home: string, now: () => number): Promise<Project> {
    const root = expandHome(source.root, home);
    try {
      const found = withRoot(root, folder => (source.scope === 'file' ? one(folder, source.entry) : all(folder, root, home)));
      refuseLeaving(found);
      const cache = new HashCache(home, root, now());
      const identities = new Map<string, string>();
      const changing: string[] = [];
      const items: OfferedItem[] = [];
      for (let at = 0; at < found.length;) {
        withRoot(root, folder => {
          for (const until = performance.now() + SLICE_MS; at < found.length && performance.now() < until; at++) {
            const item = found[at];
            if (item?.kind !== 'file') {
              items.push(...(item ? [item] : []));
              continue;
            }
            try {
              const { file, identity } = inFolder(folder, item.path, (parent, name) => hashed(parent, name, item.path, cache));
              items.push(file);
              identities.set(item.path, identity);
            } catch (error) {
              if (!(error instanceof FileChanged) && !['ENOENT', 'ELOOP', 'ENOTDIR'].includes(systemCode(error) ?? '')) {
                throw error;
              }
              changing.push(item.path);
            }
          }
        });
        await setImmediate();
      }
      cache.save();
      const files = items.filter(item => item.kind === 'file');
      const offer = { items, files: files.length, bytes: files.reduce((sum, { size }) => sum + size, 0) };
      return new Project(root, offer, changing, identities);
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

type Found = Exclude<OfferedItem, OfferedFile> | { kind: 'file'; path: string };

function all(folder: number, root: string, home: string): Found[] {
  const found: Found[] = [];
  walk(folder, readExcludes(folder, isHome(root, home)), {
    folder: (path, fd) => found.push({ kind: 'folder', path, mtime: String(fstatSync(fd, { bigint: true }).mtimeNs) }),
    file: path => found.push({ kind: 'file', path }),
    link: (path, target) => found.push({ kind: 'link', path, target }),
    skipped: () => {},
    excluded: () => {}
  });
  return found;
}

function one(folder: number, entry: string): Found[] {
  const parts = entryParts(entry);
  const found: Found[] = [];
  try {
    for (let depth = 1; depth < parts.length; depth++) {
      withFolders(folder, parts.slice(0, depth), fd =>
        found.push({
          kind: 'folder',
          path: parts.slice(0, depth).join('/'),
          mtime: String(fstatSync(fd, { bigint: true }).mtimeNs)
        })
      );
    }
    inFolder(folder, entry, (parent, name) => withFile(parent, name, () => found.push({ kind: 'file', path: entry })));
  } catch (error) {
    throw explainedEntry(entry, error);
  }
  return found;
}

function inFolder<T>(root: number, path: string, use: (parent: number, name: string) => T): T {
  const parts = path.split('/');
  const name = parts.pop() ?? '';
  return withFolders(root, parts, parent => use(parent, name));
}

function hashed(parent: number, name: string, path: string, cache: HashCache): { file: OfferedFile; identity: string } {
  return withFile(parent, name, fd => {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const stat = fstatSync(fd, { bigint: true });
      if (!stat.isFile()) {
        break;
      }
      const known = cache.get(stat);
      const sha256 = known ?? hashOfOpen(fd);
      const identity = identityOf(stat);
      if (known !== undefined || identityOf(fstatSync(fd, { bigint: true })) === identity) {
        if (known === undefined) {
          cache.add(stat, sha256);
        }
        return {
          identity,
          file: {
            kind: 'file',
            path,
            size: Number(stat.size),
            mtime: String(stat.mtimeNs),
            executable: (stat.mode & 0o111n) !== 0n,
            sha256
          }
        };
      }
    }
    throw new FileChanged(path);
  });
}

function identityOf({ dev, ino, size, mtimeNs, ctimeNs }: BigIntStats): string {
  return `${dev} ${ino} ${size} ${mtimeNs} ${ctimeNs}`;
}

function refuseLeaving(found: readonly Found[]): void {
  const links = new Map(found.flatMap(item => (item.kind === 'link' ? [[item.path, item.target] as const] : [])));
  const leaving = leavingLinks(links);
  if (leaving.length > 0) {
    throw new ProblemError('links_leave_folder', 'Some links in the folder lead out of it.', {
      fix: 'Copy what they lead to into the folder, or name the links in .dashboardignore, then publish again.',
      detail: leaving
        .slice(0, 50)
        .map(({ path, target }) => `${path} -> ${target}`)
        .join('\n')
    });
  }
}

export function keepChanging(files: readonly string[]): ProblemError {
  return new ProblemError('files_keep_changing', 'Some files were being written to while they were sent.', {
    fix: 'Wait until nothing writes to them, or name them in .dashboardignore, then publish again.',
    detail: [...files].sort().slice(0, 50).join('\n')
  });
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
      return keepChanging([error instanceof Error ? error.message : source.root]);
    default:
      return error;
  }
}
