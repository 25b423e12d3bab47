import { lstat } from 'node:fs/promises';
import path from 'node:path';

import { systemCode } from '../../../problem-error';
import { removeTree } from '../../versions/remove';

/** Of what pushes leave in the folder `relay` when they end in the middle. What else is there, the next push needs. */
const LEFT = ['incoming', 'staging'];
/** A push that was interrupted is gone on with by publishing again, which is thought of sooner than this. */
const KEPT_MS = 7 * 86_400_000;

/**
 * Removes what pushes have left that nobody has gone on with for a week.
 *
 * @param dashboard - its folder, absolute. @param now - in ms.
 */
export async function removeLeftovers(dashboard: string, now: number): Promise<void> {
  for (const name of LEFT) {
    const folder = path.join(dashboard, 'relay', name);
    if (now - (await changedAt(folder)) > KEPT_MS) {
      await removeTree(folder);
    }
  }
}

/** When a content was last begun there, in ms; never: where there is nothing. */
async function changedAt(folder: string): Promise<number> {
  try {
    return (await lstat(folder)).mtimeMs;
  } catch (error) {
    if (systemCode(error) === 'ENOENT' || systemCode(error) === 'ENOTDIR') {
      return Infinity;
    }
    throw error;
  }
}
