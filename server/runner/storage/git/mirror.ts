import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { makeFolders } from '../../../files/make-folders';
import type { GitAddress } from '../../../git/address';
import { isCommit, mayBeCommit } from '../../../git/ref';
import { grouped } from '../../../grouped';
import { ProblemError, systemCode } from '../../../problem-error';
import { explainFailure, explainLocal, GitFailed, unreachable } from './failures';
import { GitTookTooLong, type GitRun } from './run-git';
import type { GitSession } from './session';

/** Where the commit stands that versions are made from. */
const CURRENT = 'refs/dashboards/current';
const LIST_MS = 60_000;
const PACKS = 20;
const SPARE = 16 * 2 ** 20;

/** What one fetch may bring, of all repositories together. */
export interface Allowance {
  /** In bytes. */
  readonly bytes: number;
  /** What is not used up. */
  left: number;
}

export interface MirrorInput {
  folder: string;
  address: GitAddress;
  session: GitSession;
  /** All files of a commit are fetched with it; otherwise those of the wanted folder, by themselves. */
  whole: boolean;
  allowance: Allowance;
  signal: AbortSignal;
  line(text: string): void;
}

/** What the bare repository is made from anew each time: whatever was written into it since counts nothing. */
function configuration(url: string): string {
  return [
    '[core]',
    '\trepositoryformatversion = 1',
    '\tbare = true',
    '[extensions]',
    // Files outside of the wanted folder may be missing.
    '\tpartialClone = origin',
    '[remote "origin"]',
    `\turl = ${url}`,
    '\tpromisor = true',
    ''
  ].join('\n');
}

/** Makes the bare repository, or makes one good that was left by whoever. */
export async function prepareMirror({ folder, address, session }: MirrorInput): Promise<void> {
  const config = path.join(folder, 'config');
  const earlier = await readFile(config, 'utf8').catch(() => null);
  // git has added to it what is left out of a fetch.
  if (earlier?.includes(`\n\turl = ${address.url}\n`) !== true) {
    await rm(folder, { recursive: true, force: true });
  }
  await makeFolders(folder);
  await removeLeftovers(folder);
  // Without templates: those of a system may hold hooks. Repeating it changes nothing.
  await must(
    address,
    session.local(folder, ['init', '--quiet', '--bare', '--template=', '--initial-branch=none', '.'])
  );
  await rm(path.join(folder, 'hooks'), { recursive: true, force: true });
  // Those that files are checked out with: until then the repository's own are asked for.
  await rm(path.join(folder, 'info', 'attributes'), { recursive: true, force: true });
  await writeFile(config, configuration(address.url));
}

/** What git leaves when it is killed. Nobody else is at work here: the lock is held. */
export async function removeLeftovers(folder: string): Promise<void> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch((error: unknown) => {
    if (['ENOENT', 'ENOTDIR'].includes(systemCode(error) ?? '')) {
      return [];
    }
    throw error;
  });
  for (const entry of entries) {
    if (entry.isFile() && (entry.name.endsWith('.lock') || /^tmp_|^\.tmp-/.test(entry.name))) {
      await rm(path.join(entry.parentPath, entry.name), { force: true });
    }
  }
}

/** What a name stands for at the repository. */
export interface Found {
  /** The full name of a branch or tag, or the hash of a commit that has to be asked for by itself. */
  ask: string;
  /** The commit as the repository shows it; null: known once it is fetched. */
  commit: string | null;
  /** For people. */
  title: string;
}

/**
 * Asks the repository what `ref` is; empty: the branch that it shows by itself.
 *
 * @throws ProblemError
 */
export async function findRef(input: MirrorInput, ref: string): Promise<Found> {
  const { address } = input;
  const wanted = ref === '' ? ['HEAD'] : ref.startsWith('refs/') ? [ref] : [`refs/heads/${ref}`, `refs/tags/${ref}`];
  const patterns = wanted.flatMap(name => [name, `${name}^{}`]);
  const { stdout } = await reach(input, ['ls-remote', '--symref', '--', 'origin', ...patterns], LIST_MS);
  const shown = new Map<string, string>();
  let branch: string | null = null;
  for (const line of stdout.toString('utf8').split('\n')) {
    const [value = '', name = ''] = line.split('\t');
    if (value.startsWith('ref: ') && name === 'HEAD') {
      branch = value.slice('ref: refs/heads/'.length);
    } else if (isCommit(value)) {
      shown.set(name, value);
    }
  }
  for (const name of wanted) {
    const commit = shown.get(`${name}^{}`) ?? shown.get(name);
    if (commit !== undefined) {
      return { ask: name, commit, title: titleOf(name, branch) };
    }
  }
  if (mayBeCommit(ref)) {
    return { ask: ref, commit: isCommit(ref) ? ref : null, title: `commit ${ref.slice(0, 12)}` };
  }
  throw ref === '' ? nothingShown(address) : noSuchRef(address, ref);
}

function titleOf(name: string, branch: string | null): string {
  if (name === 'HEAD') {
    return branch === null ? 'its usual branch' : `branch ${branch}`;
  }
  return name.replace(/^refs\/heads\//, 'branch ').replace(/^refs\/tags\//, 'tag ');
}

/**
 * Brings the commit into the mirror, with its folders.
 *
 * @returns the hash of the commit
 * @throws ProblemError
 */
export async function fetchCommit(input: MirrorInput, found: Found): Promise<string> {
  const { session, folder, address, whole, line } = input;
  if (found.commit !== null && (await revision(input, CURRENT)) === found.commit) {
    return found.commit;
  }
  const filter = whole ? [] : ['--filter=blob:none'];
  const narrow = ['fetch', ...FETCH, '--depth=1', ...filter, '--', 'origin', `+${found.ask}:${CURRENT}`];
  if (!mayBeCommit(found.ask)) {
    await download(input, narrow);
  } else if (!(isCommit(found.ask) && (await tried(input, narrow)))) {
    line('The commit is looked for in the whole history, which takes longer.');
    // Who gives out no commit by its hash, gives out no file by its hash.
    const commit = await findInHistory(input, found.ask, isCommit(found.ask) ? [] : filter);
    await must(address, session.local(folder, ['update-ref', CURRENT, commit]));
  }
  const commit = await revision(input, CURRENT);
  if (commit === null) {
    throw noSuchRef(address, found.ask.replace(/^refs\/(?:heads|tags)\//, ''));
  }
  return commit;
}

const FETCH = ['--no-tags', '--no-write-fetch-head', '--no-recurse-submodules', '--progress', '--force'];

/** Most hosts give out any commit; false where this one does not. */
async function tried(input: MirrorInput, args: readonly string[]): Promise<boolean> {
  try {
    await download(input, args);
    return true;
  } catch (error) {
    if (isUnasked(error)) {
      return false;
    }
    throw error;
  }
}

/** The host gives out nothing by its hash, or not this. */
export function isUnasked(error: unknown): boolean {
  const printed = error instanceof GitFailed ? error.printed : '';
  return /unadvertised object|not our ref|no such remote ref|couldn't find remote ref/i.test(printed);
}

/** Fetches the history of all branches and tags, and looks there. */
async function findInHistory(input: MirrorInput, part: string, filter: readonly string[]): Promise<string> {
  const { folder, address, session } = input;
  const shallow = await stat(path.join(folder, 'shallow')).catch(() => null);
  const refs = ['+refs/heads/*:refs/dashboards/heads/*', '+refs/tags/*:refs/dashboards/tags/*'];
  const depth = shallow ? ['--unshallow'] : [];
  await download(input, ['fetch', ...FETCH, '--prune', ...depth, ...filter, '--', 'origin', ...refs]);
  const { code, stdout, stderr } = await session.local(folder, [
    'rev-parse',
    '--verify',
    '--quiet',
    `${part}^{commit}`
  ]);
  if (code === 0) {
    return stdout.toString('utf8').trim();
  }
  throw /ambiguous/.test(stderr)
    ? new ProblemError('git_ref_missing', `More than one commit of the repository begins with ${part}.`, {
        fix: 'Write more of the hash of the commit, then publish again.'
      })
    : noSuchRef(address, part);
}

/** The commit that a name of the mirror's stands for; null: none, or one that is not whole. */
async function revision({ session, folder }: MirrorInput, name: string): Promise<string | null> {
  const { code, stdout } = await session.local(folder, ['rev-parse', '--verify', '--quiet', `${name}^{commit}`]);
  const commit = stdout.toString('utf8').trim();
  return code === 0 && isCommit(commit) ? commit : null;
}

/**
 * Fetches the files below `tree` that the mirror has not.
 *
 * @throws GitFailed for which `isUnasked`, where the host gives them out only with their commit
 */
export async function fetchFiles(input: MirrorInput, tree: string): Promise<void> {
  const { session, folder, address } = input;
  const missing = async () => {
    const args = ['rev-list', '--objects', '--missing=print', '--no-object-names', tree];
    const { stdout } = await must(address, session.local(folder, args));
    return stdout
      .toString('utf8')
      .split('\n')
      .filter(line => line.startsWith('?'))
      .map(line => line.slice(1));
  };
  const wanted = await missing();
  if (wanted.length > 0) {
    await fetchObjects(input, wanted);
    if ((await missing()).length > 0) {
      throw explainFailure(address, 'error: the remote end did not send all necessary objects');
    }
  }
}

/** As git itself fetches what a partial clone lacks. */
async function fetchObjects(input: MirrorInput, hashes: readonly string[]): Promise<void> {
  const alone = ['-c', 'fetch.negotiationAlgorithm=noop'];
  const args = [...alone, 'fetch', ...FETCH, '--filter=blob:none', '--stdin', '--', 'origin'];
  await download(input, args, `${hashes.join('\n')}\n`);
}

/**
 * Looks for a file at the top of the repository, which may be outside of the wanted folder, and fetches it.
 *
 * @returns the hash of its content; null: there is none
 * @throws GitFailed for which `isUnasked`, as `fetchFiles`
 */
export async function findFile(input: MirrorInput, commit: string, name: string): Promise<string | null> {
  const { session, folder, address } = input;
  const { stdout } = await must(address, session.local(folder, ['ls-tree', '-z', '--full-tree', commit, '--', name]));
  const [, hash] = /^100\d{3} blob ([0-9a-f]+)\t/.exec(stdout.toString('utf8')) ?? [];
  if (hash === undefined) {
    return null;
  }
  if ((await session.local(folder, ['cat-file', '-e', hash])).code !== 0) {
    await fetchObjects(input, [hash]);
  }
  return hash;
}

/**
 * Forgets what earlier versions have needed, now and then. A mirror is no larger than what one version needs, twice, and
 * `SPARE`; where what one needed is by far the largest of all, for as many versions as there may be packs.
 *
 * git itself forgets nothing that has come from where missing things are to be had (`git gc` keeps all of a promisor's packs),
 * so what is needed gets a pack of its own, and the others are removed.
 */
export async function tidyMirror(input: MirrorInput): Promise<void> {
  const { folder, session, address } = input;
  const packs = path.join(folder, 'objects', 'pack');
  const before = (await readdir(packs).catch(() => [])).filter(name => name.endsWith('.pack'));
  const sizes = await Promise.all(before.map(async name => (await stat(path.join(packs, name))).size));
  const together = sizes.reduce((sum, size) => sum + size, 0);
  if (before.length <= PACKS && together <= 2 * Math.max(...sizes, 0) + SPARE) {
    return;
  }
  const needed = ['rev-list', '--objects', '--missing=print', '--no-object-names', '--all'];
  const { stdout } = await must(address, session.local(folder, needed));
  const present = stdout
    .toString('utf8')
    .split('\n')
    .filter(line => line !== '' && !line.startsWith('?'));
  const args = ['pack-objects', '--quiet', '--delta-base-offset', path.join(packs, 'pack')];
  const made = await must(address, session.local(folder, args, { input: `${present.join('\n')}\n` }));
  const kept = `pack-${made.stdout.toString('utf8').trim()}`;
  // Beside it, objects may be missing.
  await writeFile(path.join(packs, `${kept}.promisor`), '');
  for (const name of await readdir(packs)) {
    if (!name.startsWith(`${kept}.`)) {
      await rm(path.join(packs, name), { force: true });
    }
  }
  await session.local(folder, ['prune', '--expire=now']);
}

const LOOK_MS = 1_000;

/** A network run that brings objects, ended once they are too many. */
async function download(input: MirrorInput, args: readonly string[], stdin?: string): Promise<void> {
  const { folder, allowance } = input;
  const packs = path.join(folder, 'objects', 'pack');
  const before = await sizeOf(packs);
  const tooLarge = new AbortController();
  const timer = setInterval(() => {
    sizeOf(packs).then(
      size => size - before > allowance.left && tooLarge.abort(),
      () => undefined
    );
  }, LOOK_MS);
  try {
    await reach(input, args, undefined, stdin, tooLarge.signal);
  } finally {
    clearInterval(timer);
  }
  allowance.left -= (await sizeOf(packs)) - before;
  if (allowance.left < 0) {
    throw sendsTooMuch(allowance);
  }
}

async function sizeOf(folder: string): Promise<number> {
  const names = await readdir(folder).catch(() => []);
  const sizes = await Promise.all(names.map(name => stat(path.join(folder, name)).catch(() => null)));
  return sizes.reduce((sum, found) => sum + (found?.size ?? 0), 0);
}

async function reach(
  { session, folder, address, allowance }: MirrorInput,
  args: readonly string[],
  limitMs?: number,
  input?: string,
  tooLarge?: AbortSignal
): Promise<GitRun> {
  let run: GitRun;
  try {
    run = await session.network(folder, args, { limitMs, input, ended: tooLarge });
  } catch (error) {
    if (tooLarge?.aborted) {
      throw sendsTooMuch(allowance);
    }
    throw error instanceof GitTookTooLong ? unreachable(address.host, error.message) : error;
  }
  if (run.code !== 0) {
    throw explainFailure(address, run.stderr);
  }
  return run;
}

/** A run that does not fail while the mirror is sound. */
export async function must(address: GitAddress, running: Promise<GitRun>): Promise<GitRun> {
  const run = await running;
  if (run.code !== 0) {
    throw explainLocal(address, run.stderr);
  }
  return run;
}

function sendsTooMuch({ bytes }: Allowance): ProblemError {
  return new ProblemError('too_large', `The repository sends more than ${grouped(Math.floor(bytes / 1e6))} MB.`, {
    fix: 'Publish a folder of it, or take large files out of it, then publish again.'
  });
}

function nothingShown({ host }: GitAddress): ProblemError {
  return new ProblemError('git_ref_missing', `The repository at ${host} is empty, or shows no branch by itself.`, {
    fix: 'Push a commit to it, or name the branch that is to be published, then publish again.'
  });
}

function noSuchRef({ host }: GitAddress, ref: string): ProblemError {
  return new ProblemError('git_ref_missing', `The repository at ${host} has no branch, tag or commit ${ref}.`, {
    fix: 'Push it there, or correct the name, then publish again.'
  });
}
