import { lstat, readdir } from 'node:fs/promises';
import path from 'node:path';

import { isCloneStrategy, STRATEGIES, type Strategy } from '../../../contract';
import { placesIn, type Places } from '../../../files/places';
import { notTried, ok, warning, type Attempt } from './attempt';
import { BLOCK } from './disk-usage';
import { publishedBy } from './fetched';
import type { MadeUp } from './made-up-project';
import { measure } from './measure';

export interface CostInput {
  project: MadeUp;
  /** Those that the hub allows; undefined: all. */
  strategies?: readonly Strategy[];
}

/** Which strategies make versions, and what copying costs: by publishing a made-up project with the real copier. */
export const cost = ({ project, strategies = STRATEGIES }: CostInput): Attempt => ({
  id: 'strategy',
  what: 'Copying a project',
  fix: 'See the other lines about versions.',
  async tries(ground, before, stop) {
    if (before.get('store-anchor')?.state === 'failed') {
      return notTried('nothing can be copied safely');
    }
    const copying = copyingBy(strategies);
    if (copying === null && strategies.some(isCloneStrategy)) {
      return ok('clone: the volume that files are on is cloned, wherever that is; nothing is copied here.');
    }
    if (copying === null) {
      return ok('live: files are served as they are, where they are; nothing is copied.');
    }
    const { home, made } = ground;
    const clones = before.get('store-clones')?.works === true;
    const links = before.get('store-links')?.works === true;
    const places = placesIn(path.join(made, 'cost'));
    return measure(
      async signal => {
        const found = await project(ground, signal);
        const here = () => Promise.resolve({ root: found.root, own: false });
        return publishedBy(here, found, { home, places }, version => added(places, version, clones));
      },
      {
        how: '',
        slow: 'Look whether the storage is overloaded, or give homes a faster one; publish from a repository meanwhile.',
        fix: this.fix
      },
      stop,
      costs => {
        const sentence =
          `${copying}: ${how(clones, links)}. Tried with ${costs} ` +
          'What is ten times as large takes about ten times as much.';
        return clones || links ? ok(sentence) : warning(sentence, 'Give homes a file system with hard links.');
      }
    );
  }
});

/** The strategies that end with a copy; null if none does. */
function copyingBy(strategies: readonly Strategy[]): string | null {
  if (strategies.includes('snapshot')) {
    return strategies.includes('relay')
      ? 'snapshot where the dashboard’s server sees the files, relay where it does not'
      : 'snapshot';
  }
  if (strategies.includes('relay')) {
    return 'relay';
  }
  return strategies.includes('git') ? 'git' : null;
}

/** What the copier does, as the attempts before have shown. */
function how(clones: boolean, links: boolean): string {
  if (!links) {
    return clones ? 'all files share blocks with the author’s' : 'each version is a full copy';
  }
  const changed = clones ? 'changed files share blocks with the author’s' : 'changed files are copied';
  return `${changed}, unchanged ones are links to the version before`;
}

/** Bytes on the disk that this version alone has. Those of clones are the author's, also while only one of both is there. */
async function added(places: Places, version: number, clones: boolean): Promise<number> {
  let bytes = (await lstat(places.manifest(version))).blocks * BLOCK;
  for (const entry of await readdir(places.files(version), { recursive: true, withFileTypes: true })) {
    const { blocks, nlink } = await lstat(path.join(entry.parentPath, entry.name));
    bytes += entry.isDirectory() || (nlink === 1 && !clones) ? blocks * BLOCK : 0;
  }
  return bytes;
}
