import { IGNORE_FILE } from '../files/excludes';
import type { Limits } from '../files/limits';
import { grouped } from '../grouped';
import { ProblemError } from '../problem-error';

const SHOWN = 20;

/** A checkout would lack what its app looks for: repositories inside of this one, which nobody has asked for. */
export function needsSubmodules(paths: readonly string[]): ProblemError {
  return unsupported(
    'The folder has other repositories inside (submodules), which are not fetched unless that is asked for.',
    'Publish it again with submodules',
    paths
  );
}

/** Likewise: files that the repository keeps in Git LFS. */
export function needsLfs(paths: readonly string[]): ProblemError {
  return unsupported(
    'The folder has files that are kept in Git LFS, which are not fetched unless that is asked for.',
    'Publish it again with files of Git LFS',
    paths
  );
}

function unsupported(message: string, ask: string, paths: readonly string[]): ProblemError {
  const more = paths.length > SHOWN ? [`… and ${paths.length - SHOWN} more`] : [];
  return new ProblemError('git_unsupported', message, {
    fix: `${ask}. If the app does not need them, name them in a file ${IGNORE_FILE} in this folder of the repository.`,
    detail: [...paths.slice(0, SHOWN), ...more].join('\n')
  });
}

export function tooLarge(limits: Limits): ProblemError {
  const most = `${grouped(limits.files)} files or ${grouped(Math.floor(limits.bytes / 1e6))} MB`;
  return new ProblemError('too_large', `The folder of the repository holds more than ${most}.`, {
    fix: 'Publish a smaller folder of it.'
  });
}

export function noSuchFolder(root: string, commit: string): ProblemError {
  return new ProblemError('file_missing', `The repository has no folder ${root} at commit ${commit.slice(0, 12)}.`, {
    fix: 'Correct the folder, or choose the branch that has it, then publish again.'
  });
}
