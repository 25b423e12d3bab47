import { rm } from 'node:fs/promises';
import path from 'node:path';

import type { Superproject } from '../contents';
import { findFile, must } from '../mirror';

const RULES = '.gitattributes';

/**
 * Which files the repository itself says are kept in Git LFS: by the rules in the wanted folder, in those inside of it and in
 * those around it. A file that only looks like one, an example say, is not.
 *
 * @param paths - in the wanted folder
 */
export async function keptInLfs(
  { input, commit, root, tree }: Superproject,
  paths: readonly string[]
): Promise<ReadonlySet<string>> {
  const { session, folder, address } = input;
  const above = root === '.' ? '' : `${root}/`;
  const rules = tree.entries
    .filter(entry => entry.kind === 'file' && path.posix.basename(entry.path) === RULES)
    .map(entry => ({ path: `${above}${entry.path}`, hash: entry.hash }));
  for (const name of around(above)) {
    const hash = await findFile(input, commit, name);
    if (hash !== null) {
      rules.push({ path: name, hash });
    }
  }
  // Swept with what else is half-made there.
  const index = path.join(folder, 'tmp_rules');
  const git = (args: readonly string[], given: readonly string[]) =>
    must(
      address,
      session.local(folder, args, {
        variables: { GIT_INDEX_FILE: index },
        input: given.map(record => `${record}\0`).join('')
      })
    );
  let told: string[];
  try {
    await git(
      ['update-index', '-z', '--index-info'],
      rules.map(rule => `100644 ${rule.hash}\t${rule.path}`)
    );
    const { stdout } = await git(
      ['check-attr', '--cached', '-z', '--stdin', 'filter'],
      paths.map(one => `${above}${one}`)
    );
    told = stdout.toString('utf8').split('\0');
  } finally {
    await rm(index, { force: true });
  }
  // The path, the name of the attribute, and its value.
  return new Set(paths.filter((_one, i) => told[3 * i + 2] === 'lfs'));
}

/** Where rules may stand in the folders around `a/b/`: at the top, and in `a`. */
function around(above: string): string[] {
  const folders = above.split('/').slice(0, -1);
  return folders.map((_name, i) => [...folders.slice(0, i), RULES].join('/'));
}
