import { constants } from 'node:fs';
import { open, readlink, realpath, type FileHandle } from 'node:fs/promises';
import path from 'node:path';

import { ProblemError, systemCode } from '../../problem-error';

const FOLDER = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW;
// O_NONBLOCK: a FIFO that took a file's place since the listing must not block the runner.
const FILE = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/**
 * Path of `name` in an open folder. The kernel resolves it from the descriptor, so that nobody who renames folders or
 * puts links in their places leads it elsewhere. `name` is a single component.
 */
export function inside(folder: FileHandle, name: string): string {
  return `/proc/self/fd/${folder.fd}/${name}`;
}

/** Opens a folder inside of an open one, never through a link. */
export function openFolder(parent: FileHandle, name: string): Promise<FileHandle> {
  return open(inside(parent, name), FOLDER);
}

/** Opens a file inside of an open folder, never through a link. */
export function openFile(parent: FileHandle, name: string): Promise<FileHandle> {
  return open(inside(parent, name), FILE);
}

/** Target of the symbolic link `name`, unresolved. */
export function linkTarget(parent: FileHandle, name: string): Promise<string> {
  return readlink(inside(parent, name));
}

/**
 * Opens an absolute folder one component after the other. Links on the way to it are the author's own business and
 * resolved first; one that appears afterwards is refused.
 *
 * @throws ProblemError `file_missing` or `folder_not_readable`
 */
export async function openRoot(root: string): Promise<FileHandle> {
  let handle: FileHandle | null = null;
  try {
    const resolved = await realpath(root);
    handle = await open('/', FOLDER);
    for (const name of resolved.split(path.sep).filter(Boolean)) {
      const parent: FileHandle = handle;
      handle = await openFolder(parent, name).finally(() => parent.close());
    }
    return handle;
  } catch (error) {
    throw unreadable(root, error);
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
