import path from 'node:path';

import type { RunnableVersion, Strategy } from '../../contract';
import { removeTree } from '../versions/remove';
import { clone } from './clone/strategy';
import { git } from './git/strategy';
import { live } from './live/strategy';
import { relay } from './relay/relay';
import { snapshot } from './snapshot';
import type { StorageStrategy } from './strategy';

/** Every way for files to become versions. A further one is a file beside this and a line here. */
const STORAGE: Readonly<Record<Strategy, StorageStrategy>> = {
  ...{ snapshot, live, git, relay: relay() },
  clone: clone('clone'),
  'volume-snapshot': clone('volume-snapshot')
};

export function storageStrategy(id: Strategy): StorageStrategy {
  return STORAGE[id];
}

/** The one that has made a version. Where that is not known, the version is old, and a copy. */
export function strategyOf({ strategy = 'snapshot' }: Pick<RunnableVersion, 'strategy'>): StorageStrategy {
  return STORAGE[strategy];
}

/**
 * Removes what earlier runners have left of files that were on their way here and will not come.
 *
 * @param dashboard - its folder, absolute.
 * @returns of each strategy, when it has done so: each tidies what is its own, whether or not others fail
 */
export function tidyStorage(dashboard: string): Promise<void>[] {
  return Object.values(STORAGE).map(async strategy => strategy.tidy?.(dashboard, Date.now()));
}

/**
 * Removes what other strategies have kept for a next time. Versions have files of their own.
 *
 * @param dashboard - its folder, absolute.
 */
export async function forgetOthers(dashboard: string, id: Strategy): Promise<void> {
  for (const other of Object.values(STORAGE)) {
    for (const name of other.id === id ? [] : (other.keeps ?? [])) {
      await removeTree(path.join(dashboard, name));
    }
  }
}
