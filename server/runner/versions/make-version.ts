import { randomBytes } from 'node:crypto';
import { open, rename } from 'node:fs/promises';
import path from 'node:path';

import { makeFolders } from '../../files/make-folders';
import type { Places } from '../../files/places';
import { refuseWhereReplaced, removeTree, TEMPORARY } from './remove';

/**
 * Makes the folder of a version, whole or not at all: under another name, which it loses once it is filled.
 *
 * @param fill - puts everything into the folder and on the disk; what it leaves when it fails is removed.
 */
export async function makeVersion<T>(
  places: Places,
  version: number,
  fill: (temporary: string) => Promise<T>
): Promise<T> {
  const temporary = path.join(places.versions, `${TEMPORARY}${version}-${randomBytes(6).toString('hex')}`);
  try {
    places.others?.claim();
    await makeFolders(temporary);
    const made = await fill(temporary);
    refuseWhereReplaced(places);
    await removeTree(places.version(version));
    await rename(temporary, places.version(version));
    await flushFolder(places.versions);
    return made;
  } catch (error) {
    await removeTree(temporary);
    throw error;
  }
}

/** Makes a rename in this folder last. */
async function flushFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
