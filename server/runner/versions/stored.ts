import { lstat } from 'node:fs/promises';

import type { StoredVersions } from '../../contract';
import type { Places } from '../../files/places';
import { systemCode } from '../../problem-error';

/**
 * Which of these versions are on the disk, by their names there alone. Of one whose folder cannot be looked at nothing is
 * said: its files may be there.
 */
export async function storedVersions(places: Places, versions: readonly number[]): Promise<StoredVersions> {
  const stored: StoredVersions = { here: [], gone: [] };
  await Promise.all(
    versions.map(async n => {
      const found = await Promise.all([isThere(places.manifest(n)), isThere(places.files(n))]);
      if (found.includes(false)) {
        stored.gone.push(n);
      } else if (!found.includes(null)) {
        stored.here.push(n);
      }
    })
  );
  return stored;
}

/** @returns null where that cannot be told. A link is there, wherever it leads. */
async function isThere(item: string): Promise<boolean | null> {
  try {
    await lstat(item);
    return true;
  } catch (error) {
    return ['ENOENT', 'ENOTDIR'].includes(systemCode(error) ?? '') ? false : null;
  }
}
