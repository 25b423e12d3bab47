import { readlink } from 'node:fs/promises';

import type { Places } from '../../../files/places';
import { checkPublishable } from '../../../files/publishable';
import { ProblemError } from '../../../problem-error';
import type { Allowed } from '../../engine';

/**
 * Checks that version `n` may be served, which is no copy: each start of it reads its author's folder anew, so that what the
 * administrator allows now is what counts. Copies were allowed when they were made, and stay what they are.
 *
 * @throws ProblemError `strategy_forbidden` or `path_forbidden`
 */
export async function checkPermitted(n: number, places: Places, home: string, allowed: Allowed): Promise<void> {
  if (allowed.strategies && !allowed.strategies.includes('live')) {
    throw new ProblemError('strategy_forbidden', 'On this hub, files are not served as they are saved.', {
      fix: 'Publish them as they are now, or roll back to a version that is a copy.'
    });
  }
  // One that is not there is named by whoever opens it.
  const root = await readlink(places.files(n)).catch(() => null);
  if (root !== null) {
    await checkPublishable({ root }, home, allowed.paths);
  }
}
