import type { GitAddress } from '../../../git/address';
import { noSuchFolder, tooLarge } from '../../../git/problems';
import type { Limits } from '../../../files/limits';
import { must } from './mirror';
import { GitPrintedTooMuch } from './run-git';
import type { GitSession } from './session';

/** What a tree of git holds at a path: a file, a link, or a commit of another repository. */
export interface TreeEntry {
  path: string;
  kind: 'file' | 'link' | 'submodule';
  /** Of a submodule: its commit. */
  hash: string;
  executable: boolean;
}

/** A folder of a commit. */
export interface Tree {
  hash: string;
  entries: TreeEntry[];
}

/**
 * The folder `root` of a commit, `.` for its top.
 *
 * @throws ProblemError `file_missing` or `too_large`
 */
export async function readTree(
  session: GitSession,
  mirror: string,
  address: GitAddress,
  commit: string,
  root: string,
  limits: Limits
): Promise<Tree> {
  // `:./` would be taken from where git stands; paths here are from the top.
  const name = `${commit}:${root === '.' ? '' : root}`;
  const found = await session.local(mirror, ['rev-parse', '--verify', '--quiet', '--end-of-options', name]);
  const hash = found.stdout.toString('utf8').trim();
  const type = found.code === 0 ? await session.local(mirror, ['cat-file', '-t', hash]) : null;
  if (type?.stdout.toString('utf8').trim() !== 'tree') {
    throw noSuchFolder(root, commit);
  }
  return listTree(session, mirror, address, hash, limits);
}

/**
 * A tree by its hash.
 *
 * @throws ProblemError `too_large`
 */
export async function listTree(
  session: GitSession,
  mirror: string,
  address: GitAddress,
  hash: string,
  limits: Limits
): Promise<Tree> {
  const entries = (await list(session, mirror, address, ['--full-tree', hash], limits)).map(
    ([head, path]): TreeEntry => {
      const [mode = '', , own = ''] = head.split(' ');
      const kind = mode === '160000' ? 'submodule' : mode === '120000' ? 'link' : 'file';
      return { path, kind, hash: own, executable: mode === '100755' };
    }
  );
  return { hash, entries };
}

/** A tree, and how large each content is, in bytes. */
export interface SizedTree extends Tree {
  sizes: ReadonlyMap<string, number>;
  /** Of all files together. */
  bytes: number;
}

/**
 * What the files of a tree take on the disk. A small pack may hold very large ones.
 *
 * @throws ProblemError `too_large`
 */
export async function sizeTree(
  session: GitSession,
  mirror: string,
  address: GitAddress,
  tree: Tree,
  limits: Limits
): Promise<SizedTree> {
  const records = await list(session, mirror, address, ['-l', '--full-tree', tree.hash], limits);
  const sizes = new Map<string, number>();
  let bytes = 0;
  for (const [head] of records) {
    const [, , hash = '', size = ''] = head.split(/ +/);
    sizes.set(hash, Number(size) || 0);
    bytes += Number(size) || 0;
  }
  if (bytes > limits.bytes) {
    throw tooLarge(limits);
  }
  return { ...tree, sizes, bytes };
}

/** Some small trees in one another may list to millions of files: no more are listed than a version may have. */
async function list(
  session: GitSession,
  mirror: string,
  address: GitAddress,
  args: readonly string[],
  limits: Limits
): Promise<[head: string, path: string][]> {
  const listing = session.local(mirror, ['ls-tree', '-r', '-z', ...args], { records: limits.files });
  const { stdout } = await must(address, listing).catch((error: unknown) => {
    throw error instanceof GitPrintedTooMuch ? tooLarge(limits) : error;
  });
  return stdout
    .toString('utf8')
    .split('\0')
    .filter(record => record !== '')
    .map(record => [record.slice(0, record.indexOf('\t')), record.slice(record.indexOf('\t') + 1)]);
}
