import path from 'node:path';

import type { Excludes } from '../../../files/excludes';
import type { Limits } from '../../../files/limits';
import { needsLfs, tooLarge } from '../../../git/problems';
import { bringLfs, type LfsFile } from './lfs/bring';
import { findPointers } from './lfs/pointer';
import type { MirrorInput } from './mirror';
import { isWanted } from './needs';
import type { Reach } from './repository';
import { sizeTree, type Tree } from './tree';

/** What is wanted of a repository's contents besides what git itself keeps. */
export interface Wanted {
  reach: Reach;
  excludes: Excludes;
  lfs: boolean;
}

/** What a folder of a repository takes: its own files, and those that it keeps in Git LFS, which are here. */
export interface Contents {
  /** Of all files together, as they are checked out. */
  bytes: number;
  lfs: LfsFile[];
}

/** A repository of which a folder is wanted. */
export interface Superproject {
  input: MirrorInput;
  commit: string;
  /** The wanted folder, in the repository. */
  root: string;
  tree: Tree;
}

/**
 * Looks through a folder of a repository, and brings the files that it keeps in Git LFS.
 *
 * @param place - where the folder goes in the wanted one: empty, or with a slash at its end
 * @throws ProblemError
 */
export async function bringContents(
  wanted: Superproject,
  place: string,
  limits: Limits,
  { reach, excludes, lfs }: Wanted
): Promise<Contents> {
  const { input, commit } = wanted;
  const { session, folder, address } = input;
  const sized = await sizeTree(session, folder, address, wanted.tree, limits);
  const pointers = (await findPointers(wanted, sized))
    .map(pointer => ({ ...pointer, entry: { ...pointer.entry, path: `${place}${pointer.entry.path}` } }))
    .filter(({ entry }) => isWanted(excludes, entry));
  if (pointers.length === 0) {
    return { bytes: sized.bytes, lfs: [] };
  }
  if (!lfs) {
    throw needsLfs(pointers.map(({ entry }) => entry.path));
  }
  const bytes = pointers.reduce((sum, { size }) => sum + size, sized.bytes);
  if (bytes > limits.bytes) {
    throw tooLarge(limits);
  }
  return { bytes, lfs: await bringLfs(input, commit, pointers, lfsStore(reach.folder), reach) };
}

/** Where files of Git LFS are kept from version to version. */
export function lfsStore(folder: string): string {
  return path.join(folder, 'lfs');
}
