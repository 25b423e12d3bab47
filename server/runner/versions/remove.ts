import { chmod, lstat, readdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';

import { ProblemError, systemCode } from '../../problem-error';
import type { Places } from '../../files/places';

/** Names of unfinished and of condemned folders begin so; nothing of that name is a version. */
export const TEMPORARY = '.tmp-';
/** Of those, the folders of versions that had been whole. */
const CONDEMNED = /^\.tmp-(\d+)-removed-/;

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

/**
 * Removes version `n` with its scratch folder; half of a version is never seen under its name. What cannot be removed is
 * condemned, and waits for the next tidying.
 */
export async function removeVersion(places: Places, n: number): Promise<void> {
  refuseWhereReplaced(places);
  const condemned = `${TEMPORARY}${n}-removed-${process.pid}-${Date.now()}`;
  if (await renamed(places.version(n), path.join(places.versions, condemned))) {
    await removeCondemned(places, condemned);
  } else {
    await removeTree(places.scratch(n));
  }
}

/** @throws ProblemError where a later start of the server works there by now */
export function refuseWhereReplaced({ others }: Places): void {
  if (others?.isOurs() === false) {
    throw new ProblemError('server_stopped', 'Another server of this dashboard has been started since.', {
      fix: 'Stop the dashboard, then publish again: its server starts anew for that.'
    });
  }
}

/** Removes what a runner left that ended in the middle of its work. */
export async function sweep(places: Places): Promise<void> {
  const unfinished = (await names(places.versions)).filter(name => name.startsWith(TEMPORARY));
  await each(unfinished, name =>
    CONDEMNED.test(name) ? removeCondemned(places, name) : removeTree(path.join(places.versions, name))
  );
}

/** Removes what could not be removed when its version went. */
export async function removeAllCondemned(places: Places): Promise<void> {
  const condemned = (await names(places.versions)).filter(name => CONDEMNED.test(name));
  await each(condemned, name => removeCondemned(places, name));
}

/** Last goes what the number is known by. */
async function removeCondemned(places: Places, name: string): Promise<void> {
  const n = Number(CONDEMNED.exec(name)?.[1]);
  if (!(await versionsOnDisk(places)).includes(n)) {
    await removeTree(places.scratch(n));
  }
  await removeTree(path.join(places.versions, name));
}

/**
 * Does something with each by itself: one that cannot be removed keeps no other.
 *
 * @throws what was said of the first that failed, once all have been tried
 */
async function each(items: readonly string[], remove: (item: string) => Promise<void>): Promise<void> {
  const errors: unknown[] = [];
  for (const item of items) {
    await remove(item).catch((error: unknown) => errors.push(error));
  }
  if (errors.length > 0) {
    throw errors[0];
  }
}

/** @returns false if there is nothing of that name. */
async function renamed(from: string, to: string): Promise<boolean> {
  try {
    await rename(from, to);
    return true;
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') {
      throw error;
    }
    return false;
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
