import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { keptByRules, mayBePointer, parsePointer, RULES, rulesAround, type RulesFile } from '../../git/lfs';
import { readContents } from './read-contents';
import type { TreeItem } from './read-tree';
import { askGit, GitFailed, type GitPlace } from './run-git';

/** A folder of a commit. */
export interface CommitFolder {
  commit: string;
  /** Its path in the repository, `.` for all of it. */
  root: string;
  items: readonly TreeItem[];
}

/**
 * The files of a folder that are kept in Git LFS, by their paths in it: how large each is.
 *
 * @throws GitFailed, ContentMissing, or the reason of `signal`
 */
export async function sizesInLfs(
  place: GitPlace,
  { commit, root, items }: CommitFolder,
  signal: AbortSignal
): Promise<ReadonlyMap<string, number>> {
  const small = items.filter(({ kind, bytes }) => kind === 'file' && mayBePointer(bytes));
  const texts = await readContents(
    place,
    small.map(({ hash }) => hash),
    signal
  );
  const sizes = new Map<string, number>();
  for (const { path: at, hash } of small) {
    const kept = parsePointer(texts.get(hash) ?? '');
    if (kept !== null) {
      sizes.set(at, kept.size);
    }
  }
  if (sizes.size === 0) {
    return sizes;
  }
  const above = root === '.' ? '' : `${root}/`;
  const rules = [
    ...items.filter(item => item.kind === 'file' && path.posix.basename(item.path) === RULES).map(below(above)),
    ...(await rulesAbove(place, commit, above, signal))
  ];
  const folder = await mkdtemp(path.join(tmpdir(), 'dashboards-rules-'));
  try {
    const git = async (words: readonly string[], records: readonly string[]) => {
      const input = records.map(record => `${record}\0`).join('');
      const { code, out, err } = await askGit(place, words, { signal, input, index: path.join(folder, 'index') });
      if (code !== 0) {
        throw new GitFailed(`git ${words[0] ?? ''}: ${err.trim()}`);
      }
      return out;
    };
    const kept = await keptByRules(
      git,
      rules,
      [...sizes.keys()].map(one => `${above}${one}`)
    );
    return new Map([...sizes].filter(([one]) => kept.has(`${above}${one}`)));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function below(above: string): (item: TreeItem) => RulesFile {
  return ({ path: at, hash }) => ({ path: `${above}${at}`, hash });
}

async function rulesAbove(place: GitPlace, commit: string, above: string, signal: AbortSignal): Promise<RulesFile[]> {
  const found: RulesFile[] = [];
  for (const name of rulesAround(above)) {
    const words = ['rev-parse', '--verify', '--quiet', '--end-of-options', `${commit}:${name}`];
    const { code, out } = await askGit(place, words, { signal });
    if (code === 0) {
      found.push({ path: name, hash: out.toString('latin1').trim() });
    }
  }
  return found;
}
