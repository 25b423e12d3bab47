import { constants, type BigIntStats } from 'node:fs';
import { open } from 'node:fs/promises';
import path from 'node:path';

import type { Place } from '../../contract';
import { bornAt } from '../../files/times';

/** What of a folder can be told from here. */
export type Sight = 'seen' | 'other' | 'missing';

/**
 * Whether a folder here is the one that the author's own server saw. One of the same name on other storage has another
 * inode, unless both are the top of a volume of their own: these have the same one, and were made at another time. A copy that
 * kept all of that, as a cloned volume does, lacks the change that was made last.
 *
 * @param folder - absolute.
 */
export async function sightOf(folder: string, place: Place): Promise<Sight> {
  const root = await look(folder);
  if (!root) {
    return 'missing';
  }
  const born = bornAt(root);
  if (String(root.ino) !== place.inode || (born !== null && place.born !== undefined && String(born) !== place.born)) {
    return 'other';
  }
  if (!place.newest) {
    return 'seen';
  }
  const newest = (await nearest(folder, place.newest.path)) ?? root;
  return newest.ctimeNs >= BigInt(place.newest.changed) ? 'seen' : 'other';
}

/** What has been removed since was the last change of the folder that it was in. */
async function nearest(folder: string, item: string): Promise<BigIntStats | null> {
  for (let at = item; at !== '' && at !== '.'; at = path.dirname(at)) {
    const found = await look(path.join(folder, at));
    if (found) {
      return found;
    }
  }
  return null;
}

/** What it is now: opening asks a network's file server again, where a look at the name alone may be an old answer. */
async function look(item: string): Promise<BigIntStats | null> {
  try {
    const handle = await open(item, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      return await handle.stat({ bigint: true });
    } finally {
      await handle.close();
    }
  } catch {
    return null;
  }
}
