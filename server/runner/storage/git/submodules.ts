import { createHash } from 'node:crypto';
import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';

import { IGNORE_FILE } from '../../../files/excludes';
import type { Limits } from '../../../files/limits';
import type { GitAddress } from '../../../git/address';
import { BadAddress } from '../../../git/bad-address';
import { checkAllowed, type AllowedHosts } from '../../../git/hosts';
import { needsSubmodules } from '../../../git/problems';
import { submoduleAddress } from '../../../git/submodule-address';
import { ProblemError } from '../../../problem-error';
import type { GitCredential } from './credential';
import { fetchCommit, must, prepareMirror, tidyMirror, type Allowance } from './mirror';
import { seeing } from './objects';
import { bringContents, type Contents, type Superproject, type Wanted } from './contents';
import type { LfsFile } from './lfs/bring';
import { isWanted } from './needs';
import { openRepository, sameServer } from './repository';
import { readSettings } from './repository-settings';
import type { GitSession } from './session';
import { listTree, readTree, type Tree } from './tree';

export interface SubmoduleOptions extends Wanted {
  /** Whether they are fetched. */
  submodules: boolean;
  /** What is left for the files of all of them together. */
  limits: Limits;
  /** What is left for all that is fetched: the history of a repository may take far more than its files. */
  allowance: Allowance;
  /** What the repository that was asked for is read with. */
  credential: GitCredential | 'own' | null;
  line(text: string): void;
}

/** The wanted folder with the other repositories' files in their places, and who sees all of its objects. */
export interface Joined {
  tree: Tree;
  session: GitSession;
  lfs: LfsFile[];
}

/** How deep repositories may lie in one another, and how many there may be. */
const DEEPEST = 5;
const MOST = 50;
const MODULES = 'modules';

interface Fetched {
  /** In the wanted folder of the first repository. */
  path: string;
  mirror: string;
  tree: Tree;
  contents: Contents;
}

/**
 * Fetches the repositories inside of a repository (submodules), each at the commit that is named for it, and makes one tree
 * of all: checked out, looked at and counted it is a tree like any other. Each is fetched by the rules of the first one;
 * what that is read with is shown to its own server alone.
 *
 * @throws ProblemError, GitFailed
 */
export async function joinSubmodules(first: Superproject, options: SubmoduleOptions): Promise<Joined> {
  const { session, folder: mirror, address } = first.input;
  const found: Fetched[] = [];
  await fetchInside(first, true, '', 1, found, options);
  await forgetModulesBut(options.reach.folder, new Set(found.map(one => path.basename(one.mirror))));
  if (found.length === 0) {
    return { tree: first.tree, session, lfs: [] };
  }
  const all = seeing(
    session,
    found.map(one => one.mirror)
  );
  const index = path.join(options.reach.folder, 'joining');
  const git = (args: readonly string[], input?: string) =>
    must(address, all.local(mirror, args, { variables: { GIT_INDEX_FILE: index }, input }));
  await rm(index, { force: true });
  await rm(`${index}.lock`, { force: true });
  await git(['read-tree', first.tree.hash]);
  // Those that lie in another one come after it.
  for (const { path: place, tree } of found) {
    await git(['update-index', '-z', '--index-info'], `0 ${'0'.repeat(40)}\t${place}\0`);
    await git(['read-tree', '-i', `--prefix=${place}/`, tree.hash]);
  }
  const hash = (await git(['write-tree'])).stdout.toString('utf8').trim();
  await rm(index, { force: true });
  return {
    tree: await listTree(all, mirror, address, hash, options.limits),
    session: all,
    lfs: found.flatMap(({ contents }) => contents.lfs)
  };
}

/** @param home - the repository around is at the server of the one that was asked for, which alone is shown what that is read with. */
async function fetchInside(
  outer: Superproject,
  home: boolean,
  prefix: string,
  depth: number,
  found: Fetched[],
  options: SubmoduleOptions
): Promise<void> {
  const submodules = outer.tree.entries.filter(
    entry => entry.kind === 'submodule' && isWanted(options.excludes, { ...entry, path: `${prefix}${entry.path}` })
  );
  if (submodules.length > 0 && !options.submodules) {
    throw needsSubmodules(submodules.map(entry => entry.path));
  }
  const of = prefix === '' ? undefined : named(prefix.slice(0, -1));
  const addresses = submodules.length === 0 ? null : await addressesIn(outer).catch(of);
  for (const { path: inFolder, hash } of submodules) {
    if (depth > DEEPEST || found.length >= MOST) {
      throw tooMany();
    }
    const place = `${prefix}${inFolder}`;
    const url = addresses?.get(outer.root === '.' ? inFolder : `${outer.root}/${inFolder}`);
    const { address, allowed } = addressOf(outer.input.address, url, place, options.reach.hosts);
    const atHome = home && sameServer(address, outer.input.address);
    const said = named(place, !atHome);
    const session = await openRepository(address, allowed, atHome ? options.credential : null, options.reach).catch(
      said
    );
    try {
      const inner = await fetchOne(session, address, place, hash, found, options).catch(said);
      await fetchInside(inner, atHome, `${place}/`, depth + 1, found, options);
    } finally {
      await session.end();
    }
  }
}

async function fetchOne(
  session: GitSession,
  address: GitAddress,
  place: string,
  hash: string,
  found: Fetched[],
  options: SubmoduleOptions
): Promise<Superproject> {
  const { reach, limits, line, allowance } = options;
  const left = { ...limits, bytes: limits.bytes - found.reduce((sum, { contents }) => sum + contents.bytes, 0) };
  const mirror = path.join(reach.folder, MODULES, createHash('sha256').update(place).digest('hex').slice(0, 24));
  const input = { folder: mirror, address, session, whole: true, allowance, signal: reach.signal, line };
  line(`Fetching the submodule ${place} from ${address.host}.`);
  await prepareMirror(input);
  const commit = await fetchCommit(input, { ask: hash, commit: hash, title: `commit ${hash.slice(0, 12)}` });
  const tree = await readTree(session, mirror, address, commit, '.', left);
  const inner = { input, commit, root: '.', tree };
  const contents = await bringContents(inner, `${place}/`, left, options);
  found.push({ path: place, mirror, tree, contents });
  await tidyMirror(input);
  return inner;
}

/** What the repository says where the others come from, by their paths in it. */
async function addressesIn({ input, commit }: Superproject): Promise<Map<string, string>> {
  const paths = new Map<string, string>();
  const urls = new Map<string, string>();
  for (const [setting, value] of await readSettings(input, commit, '.gitmodules')) {
    const [, name = '', key] = /^submodule\.([^]*)\.(path|url)$/.exec(setting) ?? [];
    if (key !== undefined) {
      (key === 'path' ? paths : urls).set(name, value);
    }
  }
  return new Map([...paths].flatMap(([name, where]) => (urls.has(name) ? [[where, urls.get(name) ?? '']] : [])));
}

function addressOf(
  outer: GitAddress,
  url: string | undefined,
  place: string,
  hosts: AllowedHosts
): { address: GitAddress; allowed: boolean } {
  if (url === undefined) {
    throw new ProblemError('git_unsupported', `The repository does not say where its submodule ${place} comes from.`, {
      fix: 'Add its path and url to .gitmodules in the repository (git submodule add), or take it out there.'
    });
  }
  try {
    const address = submoduleAddress(outer, url);
    return { address, allowed: checkAllowed(address, hosts) };
  } catch (error) {
    return named(place)(error);
  }
}

/** No credential is ever shown to another server: to store one and choose it would change nothing. */
const NOT_SHOWN = 'Use a relative address in .gitmodules, or publish the files of your clone.';

/** Says of which repository a problem is told; `elsewhere`: of one at another server, or reached in another way. */
function named(place: string, elsewhere = false): (error: unknown) => never {
  return error => {
    const said = `Of the submodule ${place}: `;
    if (error instanceof BadAddress) {
      throw new ProblemError('git_address', `${said}${error.message}`, { fix: error.fix });
    }
    if (error instanceof ProblemError) {
      const { code, message, fix } = error.problem;
      const step = elsewhere && code === 'git_refused' ? NOT_SHOWN : fix;
      throw error.inOtherWords({ message: `${said}${message}`, fix: step });
    }
    throw error;
  };
}

/** Those of an earlier version. */
export async function forgetModulesBut(folder: string, kept: ReadonlySet<string>): Promise<void> {
  const modules = path.join(folder, MODULES);
  for (const name of await readdir(modules).catch(() => [])) {
    if (!kept.has(name)) {
      await rm(path.join(modules, name), { recursive: true, force: true });
    }
  }
}

function tooMany(): ProblemError {
  return new ProblemError(
    'too_large',
    `The repository has more than ${MOST} others inside (submodules), or they lie in one another more than ${DEEPEST} deep.`,
    { fix: `Publish a folder of it with fewer of them, or name those that are not needed in ${IGNORE_FILE}.` }
  );
}
