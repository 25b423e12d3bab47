import path from 'node:path';

import type { Strategy } from '../../contract';
import { removeTree } from '../versions/remove';
import { git } from './git/strategy';
import { inPlace } from './in-place';
import { relay } from './relay/relay';
import type { FetchStrategy } from './strategy';

/** Every way for files to come here. A further one is a file beside this and a line here. */
const FETCH: Readonly<Record<Strategy, FetchStrategy>> = {
  snapshot: inPlace('snapshot'),
  live: inPlace('live'),
  git,
  relay: relay()
};

export function fetchStrategy(id: Strategy): FetchStrategy {
  return FETCH[id];
}

/**
 * Removes what earlier runners have left of files that were on their way here and will not come.
 *
 * @param dashboard - its folder, absolute.
 * @returns of each strategy, when it has done so: each tidies what is its own, whether or not others fail
 */
export function tidyStorage(dashboard: string): Promise<void>[] {
  return Object.values(FETCH).map(async strategy => strategy.tidy?.(dashboard, Date.now()));
}

/**
 * Removes what other strategies have kept for a next time. Versions have files of their own.
 *
 * @param dashboard - its folder, absolute.
 */
export async function forgetOthers(dashboard: string, id: Strategy): Promise<void> {
  for (const other of Object.values(FETCH)) {
    for (const name of other.id === id ? [] : (other.keeps ?? [])) {
      await removeTree(path.join(dashboard, name));
    }
  }
}
