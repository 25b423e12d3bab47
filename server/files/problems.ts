import path from 'node:path';

import { STORE } from './home';
import { leavingLinks } from './links';
import { diskFull, ProblemError, systemCode } from '../problem-error';
import { grouped } from '../grouped';
import type { Limits } from './limits';

const MAX_LISTED = 50;

/** The file was written to during all attempts at copying it. */
export class FileKeepsChanging extends Error {}

export function keepChanging(files: readonly string[]): ProblemError {
  return new ProblemError('files_keep_changing', 'Some files were being written to while they were read.', {
    fix: 'Wait until nothing writes to them, or name them in .dashboardignore, then publish again.',
    detail: files.toSorted().slice(0, MAX_LISTED).join('\n')
  });
}

/**
 * Refuses a folder whose links lead out of it.
 *
 * @param links - all of them: path to target.
 * @throws ProblemError `links_leave_folder`
 */
export function refuseLeaving(links: ReadonlyMap<string, string>): void {
  const leaving = leavingLinks(links);
  if (leaving.length > 0) {
    throw linksLeave(leaving);
  }
}

export function linksLeave(links: readonly { path: string; target: string }[]): ProblemError {
  return new ProblemError('links_leave_folder', 'Some links in the folder lead out of it.', {
    fix: 'Copy what they lead to into the folder, or name the links in .dashboardignore, then publish again.',
    detail: links
      .slice(0, MAX_LISTED)
      .map(link => `${link.path} -> ${link.target}`)
      .join('\n')
  });
}

export function tooLarge(limits: Limits): ProblemError {
  const most = `${grouped(limits.files)} files or ${grouped(Math.floor(limits.bytes / 1e6))} MB`;
  return new ProblemError('too_large', `The folder holds more than ${most}.`, {
    fix: 'Publish a smaller folder, or name what is not needed in a file .dashboardignore in it.'
  });
}

/** @param at - what has the long path, where that is known */
export function pathTooLong(at: string | undefined, cause?: unknown): ProblemError {
  return new ProblemError('too_large', 'A file lies so deep in the folder that its path is too long.', {
    fix: 'Shorten the names of the folders on its way, or name it in a file .dashboardignore, then publish again.',
    detail: at,
    cause
  });
}

export function entryLeftOut(entry: string): ProblemError {
  return new ProblemError('file_missing', `The file ${entry} is left out of the version.`, {
    fix: 'Take it out of .dashboardignore, or move it out of a folder that is never published, then publish again.'
  });
}

export function unreadable(root: string, detail: string | undefined, cause?: unknown): ProblemError {
  return new ProblemError('folder_not_readable', `Not all of ${root} can be read.`, {
    fix: 'Make the files readable for yourself, or name them in .dashboardignore, then publish again.',
    detail,
    cause
  });
}

/** What a call fails with where nothing may be written, or where something is in the place of the store. */
const CLOSED: ReadonlySet<string | undefined> = new Set(['EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'EEXIST', 'ELOOP']);

/**
 * What it means for a person that a call has failed in the folder where versions are kept; null: it was about something
 * else. What is published is reached from open folders, and named by those.
 */
export function storeClosed(error: unknown): ProblemError | null {
  const code = systemCode(error);
  const { path: at = '', dest, syscall, message } = code === undefined ? {} : (error as FailedCall);
  const end = `${at}/`.indexOf(`/${STORE}/`);
  // Of two paths, one may have been that of a file which has gone meanwhile. A folder is made only where there is one to make it in.
  const closed = CLOSED.has(code) || (code === 'ENOENT' && syscall === 'mkdir');
  if (end < 0 || dest !== undefined || !closed) {
    return null;
  }
  const store = path.join(at.slice(0, end), STORE);
  return new ProblemError(
    'folder_not_readable',
    `The folder ${store}, where versions are kept, cannot be written to.`,
    {
      fix: 'Check that it is a folder, that it is yours, and that its disk may be written to (ls -la in your home folder says so); then publish again. If it is not yours, ask your administrator.',
      detail: message,
      cause: error
    }
  );
}

/** What errors of the file system say. */
interface FailedCall {
  message?: string;
  syscall?: string;
  path?: string;
  /** Of calls that are about two. */
  dest?: string;
}

/**
 * What a failed call means for a person.
 *
 * @param root - of the author's files
 * @param at - what was being copied, where that is known
 */
export function explained(error: unknown, root: string, at?: string): unknown {
  const closed = storeClosed(error);
  if (closed) {
    return closed;
  }
  const message = error instanceof Error ? error.message.replace(/\/proc\/self\/fd\/\d+\//g, '') : undefined;
  switch (systemCode(error)) {
    case 'ENOSPC':
    case 'EDQUOT':
      return diskFull(error);
    case 'EFBIG':
      return new ProblemError('too_large', 'One of the files is larger than this server may write.', {
        fix: 'Name it in a file .dashboardignore, or have the limit raised (ulimit -f), then publish again.',
        detail: at ?? message,
        cause: error
      });
    case 'ENAMETOOLONG':
      return pathTooLong(at ?? message, error);
    case 'EACCES':
    case 'EPERM':
      return unreadable(root, at ?? message, error);
    // A name that was listed is gone or has become something else (ESTALE on network storage): somebody is working in the folder.
    case 'ENOENT':
    case 'ELOOP':
    case 'ENOTDIR':
    case 'ENXIO':
    case 'ESTALE':
      return keepChanging([at ?? message ?? root]);
    default:
      return error;
  }
}
