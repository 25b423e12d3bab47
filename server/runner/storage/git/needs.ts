import { createExcludes, IGNORE_FILE, type Excludes } from '../../../files/excludes';
import type { GitAddress } from '../../../git/address';
import { ProblemError } from '../../../problem-error';
import { must } from './mirror';
import type { GitSession } from './session';
import type { Tree, TreeEntry } from './tree';

const SHOWN = 20;

/** What nobody misses of a tree: what its .dashboardignore leaves out, and what is never part of an app. */
export async function excludesOf(
  session: GitSession,
  mirror: string,
  address: GitAddress,
  { entries }: Tree
): Promise<Excludes> {
  const rules = entries.find(({ path, kind }) => path === IGNORE_FILE && kind === 'file');
  const read = rules && (await must(address, session.local(mirror, ['cat-file', 'blob', rules.hash])));
  return createExcludes(read?.stdout.toString('utf8') ?? null, false);
}

export function isWanted(excludes: Excludes, { path, kind }: TreeEntry): boolean {
  const names = path.split('/');
  return names.every(
    (name, i) =>
      excludes.reason(names.slice(0, i).join('/'), name, kind === 'submodule' || i < names.length - 1) === null
  );
}

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
