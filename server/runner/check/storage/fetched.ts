import type { Fetched } from '../../storage/strategy';
import { DEFAULT_LIMITS } from '../../../files/limits';
import type { Places } from '../../../files/places';
import { takeSnapshot } from '../../versions/snapshot';
import { diskUsage } from './disk-usage';
import type { MadeUpProject } from './made-up-project';
import type { Measured } from './measure';

/**
 * Publishing files that are brought here first: fetching and copying together, with what both keep.
 *
 * @param added - bytes on the disk that a version alone has. Left out: by how much the dashboard's folder has grown.
 */
export function publishedBy(
  fetch: () => Promise<Fetched>,
  { size, change }: Pick<MadeUpProject, 'size' | 'change'>,
  { home, places }: { home: string; places: Places },
  added?: Measured['added']
): Measured {
  let used = 0;
  return {
    size,
    change,
    async publish(version, signal) {
      const { root, own, check } = await fetch();
      await takeSnapshot({
        places,
        home,
        version,
        source: { root, entry: '.', scope: 'folder' },
        own,
        check,
        signal,
        limits: DEFAULT_LIMITS,
        progress: () => undefined
      });
    },
    async added(version) {
      if (added) {
        return added(version);
      }
      const before = used;
      used = await diskUsage(places.dashboard);
      return used - before;
    }
  };
}
