import type { TranslationBundle } from '@jupyterlab/translation';

import { GitReply, type GitFacts, type GitRequest, type GitSource, type Problem } from '../../server/contract';
import { askServer, type LabServer } from '../dashboards/lab-server';

/** As long as the dialog waits for what Git says. */
const PATIENCE_MS = 4_000;

/** What Git says of files; nothing where it cannot be asked: they can be published as they are all the same. */
export async function readGit(server: LabServer, request: GitRequest, patienceMs = PATIENCE_MS): Promise<GitReply> {
  const late = AbortSignal.timeout(patienceMs);
  try {
    return await askServer(server, 'git', GitReply, request, late);
  } catch {
    return { git: null, problem: late.aborted ? slow(server.trans) : null };
  }
}

function slow(trans: TranslationBundle): Problem {
  return {
    code: 'internal',
    message: trans.__('Git has not said in time whether these files belong to a repository.'),
    fix: trans.__('To publish from it, close this and publish again: Git is often faster the second time.')
  };
}

/** The author's own Git set-up, which reads what the clone was made from. */
export const OWN = 'own';

/** The host of a repository, without its port: what a stored credential is for. */
export function hostOf(url: string): string {
  const [, host = ''] = /^(?:[a-z]+:\/\/)?(?:[^@/]+@)?(\[[^\]]*\]|[^:/]+)/i.exec(url) ?? [];
  return host.replace(/^\[|\]$/g, '').toLowerCase();
}

/** Whether a repository is reached by https, for which there are tokens. */
export function isSecure(url: string): boolean {
  return /^https:/i.test(url);
}

type Repository = Omit<GitSource, 'kind' | 'entry' | 'scope'>;
type State = Pick<GitSource, 'url' | 'ref' | 'root'>;

/** Whether both are the same folder of the same repository on the same branch. */
export function sameState(one: State, other: State): boolean {
  return one.url === other.url && one.ref === other.ref && one.root === other.root;
}

/** A repository as people know it: without how it is reached. */
export function repositoryName(url: string): string {
  return url
    .replace(/^[a-z]+:\/\//, '')
    .replace(/^[^@/]+@/, '')
    .replace(/\.git$/, '');
}

/** A commit by its first digits. Empty: the branch that the repository names itself. */
export function branchName(ref: string, trans: TranslationBundle): string {
  return ref === '' ? trans.__('the main branch') : /^[0-9a-f]{40,}$/.test(ref) ? ref.slice(0, 10) : ref;
}

/** What is offered, read with what the last version was read with where that is of the same repository. */
export function offered(
  { url, ref, root }: NonNullable<GitFacts['offer']>,
  last: Repository | null
): Repository | null {
  return last?.url === url ? { ...last, ref, root } : { url, ref, root, credential: OWN };
}
