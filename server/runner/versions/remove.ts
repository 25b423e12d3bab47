import { chmod, lstat, readdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';

import { systemCode } from '../../problem-error';
import type { Places } from '../../files/places';

/** Names of unfinished and of condemned folders begin so; nothing of that name is a version. */
export const TEMPORARY = '.tmp-';

/** Removes a tree, also folders that nobody may write to. Links are removed, never followed. */
export async function removeTree(target: string): Promise<void> {
  try {
    await rm(target, { recursive: true, force: true });
  } catch (error) {
    if (systemCode(error) !== 'EACCES' && systemCode(error) !== 'EPERM') {
      throw error;
    }
    await makeWritable(target);
    await rm(target, { recursive: true, force: true });
  }
}

async function makeWritable(folder: string): Promise<void> {
  if (!(await lstat(folder)).isDirectory()) {
    return;
  }
  await chmod(folder, 0o700);
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) {
      await makeWritable(path.join(folder, entry.name));
    }
  }
}

/** Removes version `n` with its scratch folder; half of a version is never seen under its name. */
export async function removeVersion(places: Places, n: number): Promise<void> {
  const condemned = path.join(places.versions, `${TEMPORARY}${n}-removed-${process.pid}-${Date.now()}`);
  try {
    await rename(places.version(n), condemned);
    await removeTree(condemned);
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') {
      throw error;
    }
  }
  await removeTree(places.scratch(n));
}

/** Removes what a runner left that ended in the middle of its work. */
export async function sweep(places: Places): Promise<void> {
  for (const name of await names(places.versions)) {
    if (name.startsWith(TEMPORARY)) {
      await removeTree(path.join(places.versions, name));
    }
  }
}

/** Numbers of the versions on the disk, in order. */
export async function versionsOnDisk(places: Places): Promise<number[]> {
  return (await names(places.versions))
    .filter(name => /^[1-9]\d*$/.test(name))
    .map(Number)
    .sort((a, b) => a - b);
}

async function names(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') {
      return [];
    }
    throw error;
  }
}
