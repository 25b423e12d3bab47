import { closeSync, constants, openSync, readlinkSync, realpathSync } from 'node:fs';
import path from 'node:path';

import { ProblemError, systemCode } from '../problem-error';
import { mayBeBroken, textOf } from './broken-text';

const FOLDER = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW;
// O_NONBLOCK: a FIFO that took a file's place since the listing must not block whoever reads.
const FILE = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/**
 * Path of `name` in an open folder. The kernel resolves it from the descriptor, so that nobody who renames folders or
 * puts links in their places leads it elsewhere. `name` is a single component.
 */
export function inside(folder: number, name: string): string {
  return `/proc/self/fd/${folder}/${name}`;
}

/** Opens a folder inside of an open one, never through a link. Whoever opens it closes it. */
export function openFolder(parent: number, name: string): number {
  return openSync(inside(parent, name), FOLDER);
}

/** Opens a file inside of an open folder, never through a link. Whoever opens it closes it. */
export function openFile(parent: number, name: string): number {
  return openSync(inside(parent, name), FILE);
}

/** Target of the symbolic link `name`, unresolved; null: it is not UTF-8. */
export function linkTarget(parent: number, name: string): string | null {
  const link = inside(parent, name);
  const target = readlinkSync(link);
  return mayBeBroken(target) ? textOf(readlinkSync(link, { encoding: 'buffer' })) : target;
}

/** Hands over an open file, and closes it. */
export function withFile<T>(parent: number, name: string, use: (file: number) => T): T {
  return closing(openFile(parent, name), use);
}

/** Hands over an open folder, and closes it. */
export function withFolder<T>(parent: number, name: string, use: (folder: number) => T): T {
  return closing(openFolder(parent, name), use);
}

/** Goes down from an open folder, one name after the other; hands over the last, and closes all of them. */
export function withFolders<T>(root: number, names: readonly string[], use: (folder: number) => T): T {
  const [name, ...rest] = names;
  return name === undefined ? use(root) : withFolder(root, name, folder => withFolders(folder, rest, use));
}

/** Goes down to the folder that `path` is in, below an open one; hands over that and the last name, and closes it. */
export function withParent<T>(root: number, path: string, use: (parent: number, name: string) => T): T {
  const parts = path.split('/');
  const name = parts.pop() ?? '';
  return withFolders(root, parts, parent => use(parent, name));
}

/**
 * Hands over an absolute folder, opened one component after the other, and closes it. Links on the way to it are the
 * author's own business and resolved first; one that appears afterwards is refused.
 *
 * @throws ProblemError `file_missing` or `folder_not_readable`
 */
export function withRoot<T>(root: string, use: (folder: number) => T): T {
  return closing(openRoot(root), use);
}

/** Opens an absolute folder in the same way. Whoever opens it closes it. */
export function openRoot(root: string): number {
  try {
    const names = realpathSync(root).split(path.sep).filter(Boolean);
    return names.reduce((parent, name) => closing(parent, open => openFolder(open, name)), openSync('/', FOLDER));
  } catch (error) {
    throw unreadable(root, error);
  }
}

/** Hands over what is open, and closes it. */
export function closing<T>(descriptor: number, use: (descriptor: number) => T): T {
  try {
    return use(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function unreadable(folder: string, cause: unknown): ProblemError {
  const code = systemCode(cause);
  if (code === 'ENOENT') {
    return new ProblemError('file_missing', `The folder ${folder} does not exist.`, {
      fix: 'Publish again from the place where the files are now.',
      cause
    });
  }
  return new ProblemError('folder_not_readable', `The folder ${folder} cannot be read.`, {
    fix: 'Check that it is a folder and that you may read it, then publish again.',
    detail: cause instanceof Error ? cause.message : undefined,
    cause
  });
}
