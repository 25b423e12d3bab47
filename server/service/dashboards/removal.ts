import type { AuditLog } from '../audit/audit';
import type { Tickets } from '../access/tickets';
import type { BuildQueue } from '../builds/queue';
import { isoTime, type Clock } from '../clock';
import { problemOf, ServiceError } from '../errors';
import type { Logger } from '../logger';
import { pause } from '../timing';
import type { Changes } from './changes';
import type { ChannelNews, Channels } from './channels';
import { activeBuild, type DashboardAggregate, type DashboardRecord } from './dashboard';
import type { HubServers } from './hub-servers';
import type { Servers } from './servers';
import type { DashboardStore } from './store';

/** How long a runner may take to remove its files. It says what became of them. */
const RUNNER_TIME_MS = 60_000;
/**
 * When files that could not be removed are tried again. Few times: some hubs give up after a handful of failed starts
 * in a row (`Spawner.consecutive_failure_limit`).
 */
const DAY_MS = 24 * 3_600_000;
const RETRIES_MS = [15 * 60_000, 60 * 60_000, 4 * 3_600_000, 16 * 3_600_000, ...Array<number>(6).fill(DAY_MS)];
/** After this time files that could not be removed stay. */
const GIVE_UP_MS = 8 * DAY_MS;
/** Of what a runner says, as much as a record of the audit can hold besides the rest. */
const REASON_LENGTH = 300;

/** Deletes dashboards, with their server at the Hub and their files in the author's home. */
export interface Removal {
  /** From now on nobody sees it. The rest goes on in the background, and is taken up again after a restart. */
  remove(aggregate: DashboardAggregate, actor: string): Promise<void>;
  /** Takes up a removal. Does nothing if it is under way, or not yet due again. */
  goOn(dashboard: DashboardRecord): Promise<void>;
  /** What is under way is left to the next process. */
  stop(): void;
}

export interface RemovalOptions {
  store: DashboardStore;
  queue: BuildQueue;
  servers: Servers;
  hub: HubServers;
  channels: Channels;
  changes: Changes;
  tickets: Tickets;
  audit: AuditLog;
  clock: Clock;
  log: Logger;
  runnerTimeMs?: number;
}

interface Retry {
  count: number;
  due: number;
}

export function createRemoval(options: RemovalOptions): Removal {
  const { store, queue, servers, hub, channels, changes, tickets, audit, clock, log } = options;
  const runnerTimeMs = options.runnerTimeMs ?? RUNNER_TIME_MS;
  const underWay = new Map<string, Promise<void>>();
  const retries = new Map<string, Retry>();
  const stopping = new AbortController();

  /**
   * The files are the author's: only a program that runs as the author can remove them, so that a server that is not
   * running is started once more for that.
   *
   * @returns why they may still be there; null if they are gone
   */
  async function removeFiles(dashboard: DashboardRecord): Promise<string | null> {
    const { id, ownerHubId } = dashboard;
    if (ownerHubId === null || !(channels.connected(id) || (await store.wasWorkedOn(id)))) {
      // It was never started, or never came up: nothing was ever written.
      return null;
    }
    const waiting = new AbortController();
    try {
      if ((await hub.servers(dashboard.owner)) === null) {
        return null;
      }
      await servers.ensure(dashboard);
      const isEnd = (news: ChannelNews): news is Extract<ChannelNews, { kind: 'removed' | 'gone' }> =>
        (news.kind === 'removed' || news.kind === 'gone') && news.dashboardId === dashboard.id;
      const end = channels.next(isEnd, waiting.signal);
      if (!channels.push(dashboard.id, { kind: 'delete' })) {
        return 'its server went away';
      }
      const news = await Promise.race([end, pause(runnerTimeMs, waiting.signal).then(() => null)]);
      // A service that ends closes the stream itself, which says nothing of the files.
      stopping.signal.throwIfAborted();
      if (news?.kind === 'removed') {
        return news.problem && news.problem.message;
      }
      return news ? 'its server ended without a word of them' : 'its server has not said that they are gone';
    } catch (error) {
      if (stopping.signal.aborted || (error instanceof ServiceError && error.code === 'hub_unavailable')) {
        throw error;
      }
      log.warn({ err: error, dashboard: dashboard.id, owner: dashboard.owner }, 'files not removed');
      return problemOf(error).message;
    } finally {
      waiting.abort();
    }
  }

  async function finish(dashboard: DashboardRecord): Promise<void> {
    const { id, owner } = dashboard;
    const reason = await removeFiles(dashboard);
    await servers.stop(dashboard, true);
    if (reason === null) {
      retries.delete(id);
      await store.remove(id);
      log.info({ dashboard: id, owner }, 'dashboard removed');
    } else if (!(await postpone(dashboard, reason))) {
      retries.delete(id);
      await say(dashboard, `no longer tried, remove ~/.dashboards/${id} by hand`, reason);
      await store.remove(id);
      log.warn({ dashboard: id, owner, reason }, 'dashboard removed; its files stay');
    }
  }

  /** For those who look after the hub: its owner does not see the dashboard any more. */
  async function say({ id, owner: actor }: DashboardRecord, what: string, reason: string): Promise<void> {
    const detail = `${what}: ${reason.slice(0, REASON_LENGTH)}`;
    await audit.record(id, { actor, action: 'files_left', detail, at: clock() });
  }

  /** @returns false if it has been tried often or long enough */
  async function postpone(dashboard: DashboardRecord, reason: string): Promise<boolean> {
    const { id, owner, updatedAt } = dashboard;
    const count = retries.get(id)?.count ?? 0;
    const wait = RETRIES_MS[count];
    // Nothing but its deletion has changed it last.
    if (wait === undefined || clock() - Date.parse(updatedAt) > GIVE_UP_MS) {
      return false;
    }
    retries.set(id, { count: count + 1, due: clock() + wait });
    const minutes = wait / 60_000;
    if (count === 0) {
      await say(dashboard, 'tried again for a week', reason);
    }
    log.warn({ dashboard: id, owner, minutes, reason }, 'files of a deleted dashboard stay for now');
    return true;
  }

  const removal: Removal = {
    async remove(aggregate, actor) {
      const { dashboard } = aggregate;
      const at = clock();
      await store.markDeleting(dashboard.id, at, actor);
      const build = activeBuild(aggregate);
      if (build) {
        await queue
          .cancel(build, actor)
          .catch((error: unknown) => log.info({ err: error, build: build.id }, 'build ended'));
      }
      channels.push(dashboard.id, { kind: 'ended', sessions: await tickets.endAll(dashboard.id) });
      changes.report({ kind: 'deleted', id: dashboard.id });
      void removal.goOn({ ...dashboard, deleting: true, updatedAt: isoTime(at) });
    },

    goOn(dashboard) {
      const known = underWay.get(dashboard.id);
      if (known) {
        return known;
      }
      if ((retries.get(dashboard.id)?.due ?? 0) > clock()) {
        return Promise.resolve();
      }
      const finished = finish(dashboard)
        // The reconciler comes back to it.
        .catch((error: unknown) => log.warn({ err: error, dashboard: dashboard.id }, 'removal not finished'))
        .finally(() => underWay.delete(dashboard.id));
      underWay.set(dashboard.id, finished);
      return finished;
    },

    stop: () => stopping.abort()
  };
  return removal;
}
