import path from 'node:path';

import { LIMITS, type GitFacts, type GitReply, type GitRequest } from '../../contract';
import { expandHome } from '../../files/home';
import { FOLDER } from '../../frameworks';
import { ProblemError } from '../../problem-error';
import { findGit } from './find-git';
import { remotesOf } from './remotes';
import { createGit, GitFailed, said, type Git } from './run-git';
import { parseStatus, type Status } from './status';

/** What Git says of these files. Asks no remote, changes nothing, and runs nothing that the repository names. */
export async function readGitFacts(
  request: GitRequest,
  home: string,
  environment: NodeJS.ProcessEnv
): Promise<GitReply> {
  const program = findGit(environment['PATH']);
  if (program === null) {
    return { git: null, problem: null };
  }
  const folder = path.resolve(expandHome(request.root, home));
  const asked = createGit({ program, folder, environment });
  const tree = await asked('rev-parse', '--is-inside-work-tree', '--show-prefix');
  if (tree.code !== 0) {
    return { git: null, problem: /dubious ownership/.test(tree.err) ? foreign(tree.err, folder).problem : null };
  }
  const [inside, prefix = ''] = tree.out.split('\n');
  if (inside !== 'true') {
    return { git: null, problem: null };
  }
  const git = createGit({ program, folder, environment, settings: await withoutFilters(asked) });
  const flags = ['--porcelain=v2', '--branch', '-z', '--untracked-files=normal', '--ignore-submodules=all'];
  const status = parseStatus(await said(git, 'status', ...flags, '--', '.'), prefix);
  const offer = await offerOf(git, status, prefix);
  return { git: await factsOf(git, request, status, offer, prefix), problem: null };
}

/** To tell whether a file has changed, Git would run the filters that the repository names for it. */
async function withoutFilters(git: Git): Promise<string[]> {
  // Nothing is configured in no file at all.
  const { out } = await git('config', '--list', '--name-only', '-z');
  const names = new Set(out.split('\0').flatMap(name => /^filter\.([^]*)\.[^.]+$/.exec(name)?.slice(1) ?? []));
  if ([...names].some(name => name.includes('='))) {
    throw new GitFailed('a filter has a name that cannot be given to Git');
  }
  return [...names].flatMap(name => [
    `filter.${name}.clean=`,
    `filter.${name}.smudge=`,
    `filter.${name}.process=`,
    `filter.${name}.required=false`
  ]);
}

/** A remote, and what of it stands for what is checked out here. */
interface Offer {
  place: NonNullable<GitFacts['offer']>;
  /** Commits that it lacks. */
  ahead: number;
}

async function offerOf(git: Git, status: Status, prefix: string): Promise<Offer | null> {
  const remotes = await remotesOf(git);
  const upstream = await upstreamOf(git, status);
  const order = [upstream?.remote, 'origin', ...remotes.keys()];
  const remote = order.find(name => name !== undefined && remotes.has(name));
  const url = remote === undefined ? undefined : remotes.get(remote);
  if (remote === undefined || url === undefined || status.commit === null) {
    return null;
  }
  const branch = upstream?.remote === remote ? upstream.branch : status.branch;
  const root = prefix.replace(/\/$/, '') || '.';
  if (branch !== null) {
    const tracking = `refs/remotes/${remote}/${branch}`;
    const known = await git('rev-parse', '--verify', '--quiet', '--end-of-options', tracking);
    if (known.code === 0 && branch.length <= LIMITS.gitRef) {
      const ahead = Number(await said(git, 'rev-list', '--count', '--end-of-options', `${tracking}..HEAD`));
      return { place: { remote, url, ref: branch, root }, ahead };
    }
  }
  const on = await said(git, 'for-each-ref', '--count=1', '--contains=HEAD', '--', `refs/remotes/${remote}/`);
  return on === '' ? null : { place: { remote, url, ref: status.commit, root }, ahead: 0 };
}

/** What the branch is pushed to. */
async function upstreamOf(git: Git, { branch }: Status): Promise<{ remote: string; branch: string } | null> {
  if (branch === null) {
    return null;
  }
  const format = '--format=%(upstream:remotename)%00%(upstream:remoteref)';
  const [remote, ref] = (await said(git, 'for-each-ref', format, '--', `refs/heads/${branch}`)).trim().split('\0');
  return remote && ref?.startsWith('refs/heads/') ? { remote, branch: ref.slice('refs/heads/'.length) } : null;
}

async function factsOf(
  git: Git,
  { entry }: GitRequest,
  status: Status,
  offer: Offer | null,
  prefix: string
): Promise<GitFacts> {
  const inCommit = entry === FOLDER ? prefix.replace(/\/$/, '') : `${prefix}${entry}`;
  const found =
    status.commit === null
      ? null
      : await git('rev-parse', '--verify', '--quiet', '--end-of-options', `${status.commit}:${inCommit}`);
  return {
    branch: status.branch,
    commit: status.commit,
    dirty: status.dirty,
    ahead: offer?.ahead ?? 0,
    hasEntry: found?.code === 0,
    offer: offer?.place ?? null
  };
}

/** Git works for nobody in a clone that is not theirs. */
export function foreign(said: string, folder: string): ProblemError {
  // The top of the work tree, which is what Git goes by.
  const [, top = folder] = /repository at '(.+)'$/m.exec(said) ?? [];
  return new ProblemError('folder_not_readable', `Git does not work in ${top}, because it belongs to somebody else.`, {
    fix: `If you trust what is in it, run this in a terminal of JupyterLab, and publish again: git config --global --add safe.directory '${top.replaceAll("'", `'\\''`)}'`
  });
}
