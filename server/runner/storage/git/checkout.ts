import { lstat, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { makeFolders } from '../../../files/make-folders';
import type { GitAddress } from '../../../git/address';
import { systemCode } from '../../../problem-error';
import { GitFailed } from './failures';
import { must } from './mirror';
import type { GitSession } from './session';

export interface CheckoutInput {
  session: GitSession;
  address: GitAddress;
  mirror: string;
  /** The folder that becomes the tree: a persistent one. */
  files: string;
  /** git's list of what is in it. */
  index: string;
  tree: string;
}

/** All files as they are: no rule of a repository's changes them or names a program to run them through. */
const ATTRIBUTES = '* -text !eol -ident -filter -working-tree-encoding\n';

/**
 * Makes `files` what `tree` is, and nothing else. Files that are in it already stay the ones they are (inode, mtime); others
 * are replaced by new ones, never written into.
 */
export async function checkOut(input: CheckoutInput): Promise<void> {
  const { session, address, mirror, files, index, tree } = input;
  await makeFolder(files);
  await rm(`${index}.lock`, { force: true });
  await makeFolders(path.join(mirror, 'info'));
  await writeFile(path.join(mirror, 'info', 'attributes'), ATTRIBUTES);
  const variables = { GIT_DIR: mirror, GIT_WORK_TREE: files, GIT_INDEX_FILE: index };
  const git = (...args: string[]) => session.local(files, args, { variables });
  // Only the tree of the wanted folder is read: its names are those of `files`.
  await must(address, git('read-tree', '--reset', '-u', tree));
  // What somebody has put there meanwhile.
  await must(address, git('clean', '-ffdxq'));
  const written = await must(address, git('write-tree'));
  const changed = await git('diff-files', '--quiet', '--ignore-submodules=all');
  const others = await must(address, git('ls-files', '--others', '-z'));
  if (written.stdout.toString('utf8').trim() !== tree || changed.code !== 0 || others.stdout.length > 0) {
    throw new GitFailed('the files are not those of the commit', others.stdout.toString('utf8').slice(0, 2_000));
  }
}

/** A link in its place would lead git, which removes what is not in the tree, to files of the author's. */
async function makeFolder(files: string): Promise<void> {
  const found = await lstat(files).catch((error: unknown) => {
    if (systemCode(error) === 'ENOENT') {
      return null;
    }
    throw error;
  });
  if (found !== null && !found.isDirectory()) {
    await rm(files);
  }
  await makeFolders(files);
}
