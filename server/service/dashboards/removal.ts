import type { Tickets } from '../access/tickets';
import type { BuildQueue } from '../builds/queue';
import type { Clock } from '../clock';
import { ServiceError } from '../errors';
import type { Logger } from '../logger';
import { pause } from '../timing';
import type { Changes } from './changes';
import type { ChannelNews, Channels } from './channels';
import { activeBuild, type DashboardAggregate, type DashboardRecord } from './dashboard';
import type { HubServers } from './hub-servers';
import type { Servers } from './servers';
import type { DashboardStore } from './store';

/** How long a runner may take to remove its files. */
const RUNNER_TIME_MS = 5_000;

/** Deletes dashboards, with their server at the Hub and their files in the author's home. */
export interface Removal {
  /** From now on nobody sees it. The rest goes on in the background, and is taken up again after a restart. */
  remove(aggregate: DashboardAggregate): Promise<void>;
  /** Takes up a removal. Does nothing if it is under way. */
  goOn(dashboard: DashboardRecord): Promise<void>;
}

export interface RemovalOptions {
  store: DashboardStore;
  queue: BuildQueue;
  servers: Servers;
  hub: HubServers;
  channels: Channels;
  changes: Changes;
  tickets: Tickets;
  clock: Clock;
  log: Logger;
}

export function createRemoval(options: RemovalOptions): Removal {
  const { store, queue, servers, hub, channels, changes, tickets, clock, log } = options;
  const underWay = new Map<string, Promise<void>>();

  /**
   * The files are the author's: only a program that runs as the author can remove them, so that a server that is not
   * running is started once more for that. Where that fails, the files stay, and the rest is removed all the same.
   */
  async function removeFiles(dashboard: DashboardRecord): Promise<void> {
    const waiting = new AbortController();
    try {
      if ((await hub.servers(dashboard.owner)) === null) {
        return;
      }
      await servers.ensure(dashboard);
      const isGone = (news: ChannelNews): news is Extract<ChannelNews, { startId: string }> =>
        news.kind === 'gone' && news.dashboardId === dashboard.id;
      const gone = channels.next(isGone, waiting.signal);
      channels.push(dashboard.id, { kind: 'delete' });
      await Promise.race([gone, pause(RUNNER_TIME_MS, waiting.signal)]);
    } catch (error) {
      if (error instanceof ServiceError && error.code === 'hub_unavailable') {
        throw error;
      }
      log.warn({ err: error, dashboard: dashboard.id, owner: dashboard.owner }, 'files of a deleted dashboard stay');
    } finally {
      waiting.abort();
    }
  }

  async function finish(dashboard: DashboardRecord): Promise<void> {
    await removeFiles(dashboard);
    await servers.stop(dashboard, true);
    await store.remove(dashboard.id);
    log.info({ dashboard: dashboard.id, owner: dashboard.owner }, 'dashboard removed');
  }

  const removal: Removal = {
    async remove(aggregate) {
      const { dashboard } = aggregate;
      await store.markDeleting(dashboard.id, clock());
      const build = activeBuild(aggregate);
      if (build) {
        await queue.cancel(build).catch((error: unknown) => log.info({ err: error, build: build.id }, 'build ended'));
      }
      channels.push(dashboard.id, { kind: 'ended', sessions: await tickets.endAll(dashboard.id) });
      changes.report({ kind: 'deleted', id: dashboard.id });
      void removal.goOn({ ...dashboard, deleting: true });
    },

    goOn(dashboard) {
      const known = underWay.get(dashboard.id);
      if (known) {
        return known;
      }
      const finished = finish(dashboard)
        // The reconciler comes back to it.
        .catch((error: unknown) => log.warn({ err: error, dashboard: dashboard.id }, 'removal not finished'))
        .finally(() => underWay.delete(dashboard.id));
      underWay.set(dashboard.id, finished);
      return finished;
    }
  };
  return removal;
}
