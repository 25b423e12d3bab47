import { createExcludes, IGNORE_FILE, type Excludes } from '../../../files/excludes';
import type { GitAddress } from '../../../git/address';
import { must } from './mirror';
import type { GitSession } from './session';
import type { Tree, TreeEntry } from './tree';

/** What nobody misses of a tree: what its .dashboardignore leaves out, and what is never part of an app. */
export async function excludesOf(
  session: GitSession,
  mirror: string,
  address: GitAddress,
  { entries }: Tree
): Promise<Excludes> {
  const rules = entries.find(({ path, kind }) => path === IGNORE_FILE && kind === 'file');
  const read = rules && (await must(address, session.local(mirror, ['cat-file', 'blob', rules.hash])));
  return createExcludes(read?.stdout.toString('utf8') ?? null, null);
}

export function isWanted(excludes: Excludes, { path, kind }: TreeEntry): boolean {
  const names = path.split('/');
  return names.every(
    (name, i) =>
      excludes.reason(names.slice(0, i).join('/'), name, kind === 'submodule' || i < names.length - 1) === null
  );
}
