import { closeSync, constants, openSync, readSync } from 'node:fs';
import path from 'node:path';

import { ProblemError } from '../../../problem-error';
import { IGNORE_FILE, readExcludes, type Excludes } from '../../../files/excludes';
import type { Tree } from './tree';

const LFS_POINTER = Buffer.from('version https://git-lfs.github.com/spec/');
const SHOWN = 20;

/**
 * Refuses a checkout that lacks what its app would look for: files that are kept in Git LFS, and other repositories inside
 * (submodules). What .dashboardignore leaves out is not missed.
 *
 * @throws ProblemError `git_unsupported`
 */
export function checkNeeds(files: string, { entries }: Tree): void {
  const excludes = excludesOf(files);
  const wanted = entries.filter(entry => !leftOut(excludes, entry.path, entry.kind === 'submodule'));
  const submodules = wanted.filter(({ kind }) => kind === 'submodule').map(entry => entry.path);
  if (submodules.length > 0) {
    throw unsupported('The folder has other repositories inside (submodules), which are not fetched.', submodules);
  }
  const pointers = wanted.filter(({ kind, path: file }) => kind === 'file' && isPointer(path.join(files, file)));
  if (pointers.length > 0) {
    throw unsupported(
      'The folder has files that are kept in Git LFS, which are not fetched.',
      pointers.map(entry => entry.path)
    );
  }
}

function excludesOf(files: string): Excludes {
  const root = openSync(files, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW);
  try {
    return readExcludes(root, false);
  } finally {
    closeSync(root);
  }
}

function leftOut(excludes: Excludes, entry: string, folder: boolean): boolean {
  const names = entry.split('/');
  return names.some(
    (name, i) => excludes.reason(names.slice(0, i).join('/'), name, folder || i < names.length - 1) !== null
  );
}

function isPointer(file: string): boolean {
  const handle = openSync(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const begin = Buffer.alloc(LFS_POINTER.length);
    return readSync(handle, begin, 0, begin.length, 0) === begin.length && begin.equals(LFS_POINTER);
  } finally {
    closeSync(handle);
  }
}

function unsupported(message: string, paths: readonly string[]): ProblemError {
  const more = paths.length > SHOWN ? [`… and ${paths.length - SHOWN} more`] : [];
  return new ProblemError('git_unsupported', message, {
    fix: `If the app does not need them, name them in a file ${IGNORE_FILE} in this folder of the repository. Otherwise clone the repository in JupyterLab, with them, and publish the files from there.`,
    detail: [...paths.slice(0, SHOWN), ...more].join('\n')
  });
}
