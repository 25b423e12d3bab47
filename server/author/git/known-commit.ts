import type { PlanRequest } from '../../contract';
import { isCommit, mayBeCommit } from '../../git/ref';
import { ProblemError } from '../../problem-error';
import { remotesOf } from './remotes';
import type { Git } from './run-git';

type Wanted = Pick<NonNullable<PlanRequest['repository']>, 'url' | 'ref'>;

/** A commit that the clone has. */
export interface KnownCommit {
  commit: string;
  /** Whether `ref` names no other one, whatever happens at the remote. */
  fixed: boolean;
}

/**
 * The commit that a branch, tag or commit of a repository stands for, as far as its clone knows without asking.
 *
 * @param ref - checked by `checkRef`
 * @throws ProblemError `git_ref_missing`
 */
export async function knownCommit(git: Git, { url, ref }: Wanted): Promise<KnownCommit> {
  const remotes = [...(await remotesOf(git))].filter(([, address]) => address === url).map(([name]) => name);
  if (remotes.length === 0) {
    throw noClone(url);
  }
  for (const name of remotes.flatMap(remote => namesOf(remote, ref))) {
    const commit = await commitOf(git, name);
    if (commit !== null) {
      return { commit, fixed: false };
    }
  }
  const commit = mayBeCommit(ref) ? await commitOf(git, ref) : null;
  if (commit !== null) {
    return { commit, fixed: isCommit(ref) };
  }
  throw new ProblemError('git_ref_missing', `The clone here does not know ${ref || 'the main branch'} of ${url}.`, {
    fix: `Run in a terminal of JupyterLab, in this folder, git fetch ${remotes[0] ?? ''} and look again; or publish it all the same: the hub fetches what is there then.`
  });
}

export function noClone(url: string): ProblemError {
  return new ProblemError('git_ref_missing', `The folder here is not in a clone of ${url}.`, {
    fix: 'It can be published all the same: the hub fetches it from there.'
  });
}

/** What the clone calls a branch or a tag of a remote; in the order in which a hub looks for it there. */
function namesOf(remote: string, ref: string): string[] {
  const branch = (name: string) => `refs/remotes/${remote}/${name}`;
  if (ref === '') {
    return [branch('HEAD')];
  }
  if (ref.startsWith('refs/')) {
    return ref.startsWith('refs/heads/') ? [branch(ref.slice('refs/heads/'.length))] : [ref];
  }
  return [branch(ref), `refs/tags/${ref}`];
}

async function commitOf(git: Git, name: string): Promise<string | null> {
  const { code, out } = await git('rev-parse', '--verify', '--quiet', '--end-of-options', `${name}^{commit}`);
  return code === 0 ? out.trim() : null;
}

/** Hash of a folder of a commit; null: the clone does not have that commit, or that no such folder. */
export async function folderOf(git: Git, commit: string, root: string): Promise<string | null> {
  // `:./` would be taken from where git stands; paths here are from the top.
  const name = `${commit}:${root === '.' ? '' : root}`;
  const { code, out } = await git('rev-parse', '--verify', '--quiet', '--end-of-options', name);
  const hash = out.trim();
  return code === 0 && (await git('cat-file', '-t', hash)).out.trim() === 'tree' ? hash : null;
}
