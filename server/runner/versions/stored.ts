import { lstat, stat } from 'node:fs/promises';

import type { StoredVersions } from '../../contract';
import { NO_FILES } from '../../files/manifest';
import type { Places } from '../../files/places';
import { readSummary } from '../../files/read-manifest';
import { systemCode } from '../../problem-error';

/**
 * Which of these versions are on the disk, by their names there alone, or on a volume that is mounted. Of one whose folder
 * cannot be looked at nothing is said: its files may be there.
 */
export async function storedVersions(places: Places, versions: readonly number[]): Promise<StoredVersions> {
  const stored: StoredVersions = { here: [], gone: [] };
  await Promise.all(
    versions.map(async n => {
      // Of those that are served as they are saved, the author's folder may come back.
      const look = readSummary(places.manifest(n))?.hash === NO_FILES ? lstat : stat;
      const found = await Promise.all([isThere(places.manifest(n), lstat), isThere(places.files(n), look)]);
      if (found.includes(false)) {
        stored.gone.push(n);
      } else if (!found.includes(null)) {
        stored.here.push(n);
      }
    })
  );
  return stored;
}

/** @returns null where that cannot be told. */
async function isThere(item: string, look: typeof lstat): Promise<boolean | null> {
  try {
    await look(item);
    return true;
  } catch (error) {
    return ['ENOENT', 'ENOTDIR'].includes(systemCode(error) ?? '') ? false : null;
  }
}
