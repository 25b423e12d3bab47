import type { ServerPod } from '../../contract';
import { activeBuild, type DashboardAggregate, type VersionRecord } from './dashboard';
import type { ServerLog } from './server-log';
import type { WantedPod } from './start-reply';
import type { DashboardStore } from './store';

/**
 * What the pod of a start is to be made with. A new version is built with what its author uses: the profile of the server
 * that it is published from, and the image that this means today. Versions that were built run with the profile that they were
 * built with; where nobody knows which that was, it was the default one.
 *
 * @param pinImage - and with that image
 */
export function wantedPod(
  aggregate: DashboardAggregate,
  versions: readonly VersionRecord[],
  pinImage: boolean
): WantedPod {
  const build = activeBuild(aggregate);
  const n = build?.version ?? aggregate.dashboard.liveVersion;
  const version = versions.find(one => one.n === n);
  if (build?.kind === 'publish') {
    return { like: version?.origin?.server ?? '' };
  }
  const { image, profile } = version?.builtWith ?? { image: null, profile: null };
  return { ...(pinImage && image !== null && { image }), profile: profile ?? {} };
}

export type ServerPods = (pod: ServerPod) => Promise<void>;

export interface ServerPodsOptions {
  store: DashboardStore;
  serverLog: Pick<ServerLog, 'tell'>;
}

/** Hears what the pods of dashboards are made with, and tells authors where that is not what a version was built with. */
export function createServerPods({ store, serverLog }: ServerPodsOptions): ServerPods {
  return async ({ userName, serverName, image, profile }) => {
    const found = await store.byServer(userName, serverName);
    if (!found) {
      return;
    }
    const { dashboard, live } = found;
    await store.setPod(dashboard.id, { image, profile });
    const before = live?.builtWith?.image ?? null;
    if (before !== null && before !== image && activeBuild(found)?.kind !== 'publish') {
      const sentence = `The software image has changed since version ${live?.n} was built: it was ${before}, and is ${image}.`;
      await serverLog.tell(dashboard, { sentence, reason: null });
    }
  };
}
