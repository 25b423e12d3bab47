import { rm } from 'node:fs/promises';
import path from 'node:path';

import { keptByRules, RULES, rulesAround } from '../../../../git/lfs';
import type { Superproject } from '../contents';
import { findFile, must } from '../mirror';

/**
 * Which files the repository itself says are kept in Git LFS: by the rules in the wanted folder, in those inside of it and in
 * those around it.
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
  for (const name of rulesAround(above)) {
    const hash = await findFile(input, commit, name);
    if (hash !== null) {
      rules.push({ path: name, hash });
    }
  }
  // Swept with what else is half-made there.
  const index = path.join(folder, 'tmp_rules');
  const git = async (args: readonly string[], records: readonly string[]) => {
    const given = { variables: { GIT_INDEX_FILE: index }, input: records.map(record => `${record}\0`).join('') };
    return (await must(address, session.local(folder, args, given))).stdout;
  };
  try {
    const kept = await keptByRules(
      git,
      rules,
      paths.map(one => `${above}${one}`)
    );
    return new Set(paths.filter(one => kept.has(`${above}${one}`)));
  } finally {
    await rm(index, { force: true });
  }
}
