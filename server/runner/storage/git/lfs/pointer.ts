import { mayBePointer, parsePointer, type Kept } from '../../../../git/lfs';
import type { Superproject } from '../contents';
import { must } from '../mirror';
import type { SizedTree, TreeEntry } from '../tree';
import { keptInLfs } from './attributes';

/** What stands in a repository for a file that is kept in Git LFS. */
export interface Pointer extends Kept {
  entry: TreeEntry;
}

const AT_ONCE = 20_000;

/** The files of a folder that are kept in Git LFS: what is in their place has a form of its own, and a rule says so. */
export async function findPointers(wanted: Superproject, { entries, sizes }: SizedTree): Promise<Pointer[]> {
  const { session, folder, address } = wanted.input;
  const small = entries.filter(({ kind, hash }) => kind === 'file' && mayBePointer(sizes.get(hash) ?? 0));
  const found: Pointer[] = [];
  for (let i = 0; i < small.length; i += AT_ONCE) {
    const some = small.slice(i, i + AT_ONCE);
    const input = `${some.map(({ hash }) => hash).join('\n')}\n`;
    const { stdout } = await must(address, session.local(folder, ['cat-file', '--batch'], { input }));
    let at = 0;
    for (const entry of some) {
      // `<hash> blob <size>`, the content, and a line end.
      const begin = stdout.indexOf('\n', at) + 1;
      at = begin + (sizes.get(entry.hash) ?? 0) + 1;
      const kept = parsePointer(stdout.toString('utf8', begin, at - 1));
      if (kept !== null) {
        found.push({ entry, ...kept });
      }
    }
  }
  if (found.length === 0) {
    return [];
  }
  const kept = await keptInLfs(
    wanted,
    found.map(({ entry }) => entry.path)
  );
  return found.filter(({ entry }) => kept.has(entry.path));
}
