import { lstat, readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';

import { lock, sweepLock } from './lock';
import { removeLeftovers } from './mirror';

/**
 * Removes what a fetch has left of a dashboard that was ended in the middle: by then unfinished packs may be as large as a
 * repository, and the next fetch may be far away. Where somebody is at work, nothing is touched.
 *
 * @param dashboard - its folder, absolute
 */
export async function sweepGit(dashboard: string): Promise<void> {
  const folder = path.join(dashboard, 'git');
  if ((await stat(folder).catch(() => null)) === null) {
    return;
  }
  // Not waited for: whoever holds it sweeps by itself.
  const unlock = await lock(path.join(folder, 'lock'), AbortSignal.abort()).catch(() => null);
  if (unlock === null) {
    return;
  }
  try {
    await sweepLock(path.join(folder, 'lock'));
    await removeHalfMade(folder);
  } finally {
    await unlock();
  }
}

/**
 * Removes what a fetch has begun and not ended: unfinished packs and files, and of a checkout what is newer than git's list of it.
 *
 * @param folder - where all that git keeps for the dashboard is; its lock is held
 */
export async function removeHalfMade(folder: string): Promise<void> {
  const modules = path.join(folder, 'modules');
  const mirrors = (await readdir(modules).catch(() => [])).map(name => path.join(modules, name));
  for (const mirror of [path.join(folder, 'mirror'), ...mirrors]) {
    await removeLeftovers(mirror);
  }
  const lfs = path.join(folder, 'lfs');
  const parts = (await readdir(lfs).catch(() => [])).filter(name => name.endsWith('.part'));
  const files = ['index.lock', 'joining', 'joining.lock', ...parts.map(name => path.join('lfs', name))];
  for (const name of files) {
    await rm(path.join(folder, name), { force: true });
  }
  await removeHalfCheckout(path.join(folder, 'files'), path.join(folder, 'index'));
}

/** Files of the version before stay the ones they are: later ones share them. */
async function removeHalfCheckout(files: string, index: string): Promise<void> {
  const list = await stat(index).catch(() => null);
  if (list === null) {
    // None was ever whole.
    await rm(files, { recursive: true, force: true });
    return;
  }
  for (const entry of await readdir(files, { recursive: true, withFileTypes: true }).catch(() => [])) {
    const file = path.join(entry.parentPath, entry.name);
    if (!entry.isDirectory() && (await lstat(file)).mtimeMs > list.mtimeMs) {
      await rm(file, { force: true });
    }
  }
}

/**
 * Gives back, of a disk that is full, the room of what is only kept to save time. Files that a version shares would give none.
 *
 * @param folder - as above
 */
export async function giveRoom(folder: string): Promise<void> {
  for (const name of ['mirror', 'modules']) {
    await rm(path.join(folder, name), { recursive: true, force: true });
  }
  const lfs = path.join(folder, 'lfs');
  for (const name of await readdir(lfs).catch(() => [])) {
    const file = path.join(lfs, name);
    if ((await stat(file)).nlink === 1) {
      await rm(file, { force: true });
    }
  }
}
