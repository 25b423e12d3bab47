import type { Clock } from '../clock';
import type { Logger } from '../logger';
import type { CloneStrategy } from './clone-strategy';
import { createKubernetesClient, type Patience } from './cluster/client';
import { connect, type ConnectionOptions } from './cluster/connection';
import { CLAIMS, SNAPSHOTS } from './cluster/objects';
import { locate } from './locate';
import { makeClaim } from './make';
import { createNames, versionOf } from './names';
import { removeMade, removeUnless, untilGone } from './removal';
import { rightsOf } from './rights';
import { isGoing } from './claim';
import { LeftForLater, type VersionVolume, type Volumes } from './volumes';

export interface VolumesOptions extends ConnectionOptions {
  /** Random, at most 63 letters and digits, kept as long as the database: others have claims in the same namespace. */
  instance: string;
  /** The Hub's API as servers of users are told where it is (`JUPYTERHUB_API_URL`). */
  hubApiUrls: readonly string[];
  /** Of snapshots; null: the one that the cluster has for the driver. */
  snapshotClass: string | null;
  /** In milliseconds, for all that a version takes. */
  limitMs: number;
  clock: Clock;
  log: Logger;
}

/** What is deleted is mostly gone in a second; an API or a driver that does not answer is not waited for. */
const CLEAN_UP: Patience = { for: 5_000 };
/** Who has asked which versions are kept a moment before one was made does not know of it. */
const YOUNG_MS = 10 * 60_000;

/** Rejects with an Error that says why there is no way to a Kubernetes API from here. */
export async function openVolumes({
  instance,
  snapshotClass,
  limitMs,
  clock,
  log,
  ...where
}: VolumesOptions): Promise<Volumes> {
  const client = createKubernetesClient(await connect(where));
  const names = createNames(instance);
  const options = { client, names, snapshotClass, limitMs, hubApiUrls: where.hubApiUrls };
  /** Until when versions are young, by what they are of. */
  const young = new Map<string, number>();
  const key = ({ dashboardId, n }: Pick<VersionVolume, 'dashboardId' | 'n'>) => `${dashboardId}/${n}`;

  /** Whatever becomes of this, the next sweep deletes what is left. */
  async function cleanUp(version: VersionVolume, how: CloneStrategy): Promise<void> {
    const kinds = how === 'clone' ? [CLAIMS] : [CLAIMS, SNAPSHOTS];
    try {
      for (const kind of kinds) {
        await removeMade(options, kind, version, CLEAN_UP);
      }
      for (const kind of kinds) {
        await untilGone(options, kind, version, CLEAN_UP);
      }
    } catch (error) {
      const { dashboardId: dashboard, n } = version;
      log.error({ err: error, dashboard, version: n }, 'what was made for a version is left for the next sweep');
    }
  }

  return {
    locate: (owner, serverName, root) => locate(options, owner, serverName, root),

    async make(version, from, how, progress) {
      young.set(key(version), Infinity);
      try {
        const made = await makeClaim(options, version, from, how, progress);
        young.set(key(version), clock() + YOUNG_MS);
        return made;
      } catch (error) {
        young.delete(key(version));
        if (!(progress.signal.reason instanceof LeftForLater)) {
          await cleanUp(version, how);
        }
        throw error;
      }
    },

    async claims(dashboardId) {
      const found = await client.list(CLAIMS, { labels: names.selector(dashboardId) });
      return new Map(found.filter(one => !isGoing(one)).map(({ metadata }) => [versionOf(metadata).n, metadata.name]));
    },

    rights: strategies => rightsOf(client, strategies),

    remove: (dashboardId, keep, last = Infinity) =>
      removeUnless(options, dashboardId, made => keep.includes(versionOf(made).n) || versionOf(made).n > last),

    async sweep(kept) {
      const now = clock();
      for (const [version, until] of young) {
        if (until < now) {
          young.delete(version);
        }
      }
      await removeUnless(options, undefined, made => {
        const version = versionOf(made);
        return young.has(key(version)) || (kept.get(version.dashboardId)?.includes(version.n) ?? false);
      });
    }
  };
}
