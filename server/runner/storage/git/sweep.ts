import { readdir, rm, stat } from 'node:fs/promises';
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
  await sweepLock(path.join(folder, 'lock'));
  // Not waited for: whoever holds it sweeps by itself.
  const unlock = await lock(path.join(folder, 'lock'), AbortSignal.abort()).catch(() => null);
  if (unlock === null) {
    return;
  }
  try {
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
  } finally {
    await unlock();
  }
}
