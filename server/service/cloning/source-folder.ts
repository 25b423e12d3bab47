import type { Origin, VersionRecord } from '../dashboards/dashboard';
import { ServiceError } from '../errors';
import type { VolumeFolder, Volumes } from '../volumes/volumes';

/** What is published, and from where. */
export interface Located {
  folder: VolumeFolder;
  /** Its path in the author's server. */
  path: string;
}

/**
 * Finds the folder of a volume that a version is published from. While the author's server is away, it is the one that the
 * same files were cloned from before.
 *
 * @param earlier - the dashboard's other versions, in any order
 * @throws ServiceError
 */
export async function locateSource(
  volumes: Pick<Volumes, 'locate'>,
  owner: string,
  version: Pick<VersionRecord, 'n' | 'source' | 'origin'>,
  earlier: readonly VersionRecord[]
): Promise<Located> {
  const { source, origin } = version;
  const path = origin?.folder ?? (source.root.startsWith('/') ? source.root : null);
  const before = earlier
    .filter(one => one.volume && one.n !== version.n && one.source.root === source.root && isOf(one.origin, origin))
    .toSorted((one, other) => other.n - one.n)[0];
  try {
    if (path === null) {
      throw notKnown(source.root);
    }
    return { folder: await volumes.locate(owner, origin?.server ?? '', path), path };
  } catch (error) {
    const away = error instanceof ServiceError && error.code === 'source_not_running';
    if (!away || !before?.volume) {
      throw error;
    }
    const { source: claim, subPath } = before.volume;
    return { folder: { claim, subPath, node: null }, path: path ?? before.origin?.folder ?? source.root };
  }
}

/** Whether two places may be one: a folder of the same name in another server is another, where each has a home of its own. */
function isOf(before: Origin | null, origin: Origin | null): boolean {
  const same = (one?: string | null, other?: string | null) => one == null || other == null || one === other;
  return same(before?.server, origin?.server) && same(before?.folder, origin?.folder);
}

function notKnown(root: string): ServiceError {
  return new ServiceError(
    'source_not_running',
    409,
    `It is not known where ${root} is: no server of yours has said it.`,
    'Publish from JupyterLab, from a terminal of your server, or name the folder with its whole path.'
  );
}
