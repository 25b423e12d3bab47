import { rm } from 'node:fs/promises';
import path from 'node:path';

import { makeFolders } from '../../../files/make-folders';
import { parseGitAddress, type GitAddress } from '../../../git/address';
import { BadAddress } from '../../../git/bad-address';
import { checkRepositoryFolder } from '../../../git/folder';
import { checkAllowed, type AllowedHosts } from '../../../git/hosts';
import { checkRef } from '../../../git/ref';
import { ProblemError, problemOf, systemCode } from '../../../problem-error';
import { endOrphans } from '../../supervisor/process-tree';
import type { Limits } from '../../../files/limits';
import { checkOut } from './checkout';
import { bringContents, lfsStore } from './contents';
import type { GitCredential } from './credential';
import { GitFailed, isUnsound } from './failures';
import { forgetLfsBut, placeLfs, type LfsFile } from './lfs/bring';
import { lock } from './lock';
import { fetchCommit, fetchFiles, findRef, isUnasked, prepareMirror, tidyMirror, type MirrorInput } from './mirror';
import { excludesOf } from './needs';
import { createProgress } from './progress';
import type { Lookup } from './reach';
import { openRepository, type Reach } from './repository';
import { gitMarker, sweepSecrets, type GitSession } from './session';
import { forgetModulesBut, joinSubmodules, type Joined } from './submodules';
import { giveRoom, removeHalfMade } from './sweep';
import { readTree } from './tree';

/** What is to be fetched. */
export interface GitOrigin {
  url: string;
  /** Branch, tag or commit; empty: the branch that the repository shows by itself. */
  ref: string;
  /** Folder in the repository, `.` for its top. */
  root: string;
  /** Whether files that it keeps in Git LFS are fetched; left out: they are not, and what needs them is refused. */
  lfs?: boolean;
  /** Likewise: other repositories inside of it. */
  submodules?: boolean;
}

export interface FetchGitOptions {
  /** Where everything of the dashboard is kept; its name is the dashboard's id. */
  dashboardFolder: string;
  home: string;
  /** `own`: the author's own ways. */
  credential: GitCredential | 'own' | null;
  hosts: AllowedHosts;
  limits: Limits;
  /** Of the runner, already without secrets. */
  environment: Readonly<Record<string, string>>;
  signal: AbortSignal;
  line(text: string): void;
  /** Milliseconds that one transfer may take. */
  transferMs?: number;
  /** For tests: further settings of git, and names that lead to servers of theirs. */
  settings?: readonly string[];
  lookup?: Lookup;
}

export interface FetchedGit {
  /** Folder with the files of the wanted folder, absolute. */
  root: string;
  /** Nobody writes into its files in place. */
  own: true;
  /** Hash of the commit that they are of. */
  commit: string;
}

const TRANSFER_MS = 60 * 60_000;

/**
 * Brings one folder of a commit of a git repository to `<dashboard>/git/files`, which is kept: the next time only what has
 * changed is fetched, and unchanged files stay the ones they are.
 *
 * Whatever is there when it begins is taken for what a crash may have left: it is used where it is good, and made anew where
 * it is not.
 *
 * @throws ProblemError
 */
export async function fetchGit(origin: GitOrigin, options: FetchGitOptions): Promise<FetchedGit> {
  try {
    const address = parseGitAddress(origin.url);
    checkRef(origin.ref);
    const root = checkRepositoryFolder(origin.root);
    const named = checkAllowed(address, options.hosts);
    if (options.credential !== null && options.credential !== 'own') {
      checkCredential(options.credential, address);
    }
    return await fetchAllowed({ ...origin, root }, address, named, options);
  } catch (error) {
    throw error instanceof BadAddress ? new ProblemError('git_address', error.message, { fix: error.fix }) : error;
  }
}

async function fetchAllowed(
  origin: GitOrigin,
  address: GitAddress,
  named: boolean,
  options: FetchGitOptions
): Promise<FetchedGit> {
  const { environment, signal, home, hosts, lookup, settings } = options;
  const folder = path.join(options.dashboardFolder, 'git');
  const dashboardId = path.basename(options.dashboardFolder);
  await makeFolders(folder);
  const unlock = await lock(path.join(folder, 'lock'), signal, () =>
    options.line(
      'Waiting for another build of this dashboard, or for what one that was killed has left: that takes up to a minute.'
    )
  );
  try {
    // A runner that was killed may have left git at work in these folders.
    await endOrphans(gitMarker(dashboardId));
    await sweepSecrets(dashboardId);
    const transferMs = options.transferMs ?? TRANSFER_MS;
    const progress = createProgress(options.line);
    const around = { dashboardId, folder, home, hosts, environment, signal };
    const reach: Reach = { ...around, transferMs, lookup, settings, progress };
    const session = await openRepository(address, named, options.credential, reach);
    try {
      return await fetchWith(session, origin, address, reach, options);
    } catch (error) {
      await clear(error, folder).catch((reason: unknown) =>
        options.line(`What git has left could not be removed yet (${systemCode(reason) ?? String(reason)}).`)
      );
      throw error;
    } finally {
      await session.end();
    }
  } finally {
    await unlock();
  }
}

/** Nothing half-made stays, however it ended: nothing of git runs any more, and the lock is held. */
async function clear(error: unknown, folder: string): Promise<void> {
  await removeHalfMade(folder);
  if (problemOf(error).code === 'disk_full') {
    await giveRoom(folder);
  }
}

/** What is kept is only there to save time: where it is not sound, everything is fetched once more. */
async function fetchWith(
  session: GitSession,
  origin: GitOrigin,
  address: GitAddress,
  reach: Reach,
  options: FetchGitOptions
): Promise<FetchedGit> {
  try {
    return await fetchOnce(session, origin, address, reach, options);
  } catch (error) {
    options.signal.throwIfAborted();
    if (!isUnsound(error)) {
      throw error;
    }
  }
  await rm(path.join(reach.folder, 'mirror'), { recursive: true, force: true });
  await rm(path.join(reach.folder, 'index'), { force: true });
  await forgetModulesBut(reach.folder, new Set());
  try {
    return await fetchOnce(session, origin, address, reach, options);
  } catch (error) {
    throw error instanceof GitFailed ? failed(error, address) : error;
  }
}

async function fetchOnce(
  session: GitSession,
  origin: GitOrigin,
  address: GitAddress,
  reach: Reach,
  options: FetchGitOptions,
  whole = origin.root === '.'
): Promise<FetchedGit> {
  const { limits, signal, line, credential } = options;
  const { folder } = reach;
  const mirror = path.join(folder, 'mirror');
  const files = path.join(folder, 'files');
  const allowance = { bytes: limits.bytes, left: limits.bytes };
  const input: MirrorInput = { folder: mirror, address, session, whole, allowance, signal, line };
  await prepareMirror(input);
  const found = await findRef(input, origin.ref);
  line(`Fetching ${found.title} from ${address.host}.`);
  const commit = await fetchCommit(input, found);
  const tree = await readTree(session, mirror, address, commit, origin.root, limits);
  let joined: Joined;
  let lfs: LfsFile[];
  try {
    await fetchFiles(input, tree.hash);
    const excludes = await excludesOf(session, mirror, address, tree);
    const { lfs: fromLfs = false, submodules = false } = origin;
    const wanted = { reach, excludes, lfs: fromLfs };
    const first = { input, commit, root: origin.root, tree };
    const contents = await bringContents(first, '', limits, wanted);
    const left = { ...limits, bytes: limits.bytes - contents.bytes };
    joined = await joinSubmodules(first, { ...wanted, submodules, limits: left, allowance, credential, line });
    lfs = [...contents.lfs, ...joined.lfs];
  } catch (error) {
    if (whole || !isUnasked(error)) {
      throw error;
    }
    await rm(mirror, { recursive: true, force: true });
    return fetchOnce(session, origin, address, reach, options, true);
  }
  const index = path.join(folder, 'index');
  await checkOut({ session: joined.session, address, mirror, files, index, tree: joined.tree.hash });
  await placeLfs(files, lfs);
  await forgetLfsBut(lfsStore(folder), lfs);
  await tidyMirror(input);
  line(`Fetched commit ${commit.slice(0, 12)}.`);
  return { root: files, own: true, commit };
}

/** A second look: the service gives out a credential only for the host that it is for. */
function checkCredential(credential: GitCredential, { host, protocol }: GitAddress): void {
  if (credential.host !== host) {
    throw new ProblemError(
      'git_refused',
      `The git credential is for ${credential.host}, and the repository at ${host}.`,
      {
        fix: `Choose a git credential for ${host}, or none.`
      }
    );
  }
  if ((credential.kind === 'ssh_key') !== (protocol === 'ssh')) {
    const [has, needs] = credential.kind === 'ssh_key' ? ['an ssh key', 'git@…'] : ['a token', 'https://…'];
    throw new ProblemError('git_refused', `The git credential is ${has}, which does not go with this address.`, {
      fix: `Write the address like ${needs}, or choose another git credential.`
    });
  }
}

function failed(error: GitFailed, { host }: GitAddress): ProblemError {
  return new ProblemError('git_failed', `The repository at ${host} could not be fetched.`, {
    fix: 'Try again; if it happens again, show the detail to your administrator.',
    retryable: true,
    detail: error.message,
    cause: error
  });
}
