import type { AuditRecord } from '../../contract';
import type { AuditLog } from '../audit/audit';
import type { Tickets } from '../access/tickets';
import type { BuildQueue } from '../builds/queue';
import { isoTime, type Clock } from '../clock';
import type { Cloning } from '../cloning/cloning';
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
 * How long after the deletion files that could not be removed are tried again, for a week. Few times: some hubs give up
 * after a handful of failed starts in a row (`Spawner.consecutive_failure_limit`).
 */
const HOUR_MS = 3_600_000;
const RETRIES_MS = [0.25, 1.25, 5.25, 21.25, 45.25, 69.25, 93.25, 117.25, 141.25, 165.25].map(hours => hours * HOUR_MS);
/** What is recorded of files that stay begins so. */
const GOES_ON = 'tried again for a week';
const GIVEN_UP = 'no longer tried';
/** A deleted dashboard gets few records. */
const RECORDS = 100;
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
  cloning: Pick<Cloning, 'forget'> | null;
  clock: Clock;
  log: Logger;
  runnerTimeMs?: number;
}

export function createRemoval(options: RemovalOptions): Removal {
  const { store, queue, servers, hub, channels, changes, tickets, audit, cloning, clock, log } = options;
  const runnerTimeMs = options.runnerTimeMs ?? RUNNER_TIME_MS;
  const underWay = new Map<string, Promise<void>>();
  /** When to try again, by dashboard. */
  const due = new Map<string, number>();
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
    // An earlier process has tried: a restart is no reason to try more often.
    if (!due.has(id) && (await isSaid(id, GOES_ON)) && (await plan(dashboard)) !== null) {
      return;
    }
    const reason = await removeFiles(dashboard);
    await servers.stop(dashboard, true);
    await cloning?.forget(id);
    if (reason === null) {
      due.delete(id);
      await store.remove(id);
      log.info({ dashboard: id, owner }, 'dashboard removed');
    } else if (!(await postpone(dashboard, reason))) {
      due.delete(id);
      await say(dashboard, GIVEN_UP, `, remove ~/.dashboards/${id} by hand`, reason);
      await store.remove(id);
      log.warn({ dashboard: id, owner, reason }, 'dashboard removed; its files stay');
    }
  }

  /** For those who look after the hub, once: its owner does not see the dashboard any more. */
  async function say({ id, owner: actor }: DashboardRecord, what: string, more: string, reason: string): Promise<void> {
    if (!(await isSaid(id, what))) {
      const detail = `${what}${more}: ${reason.slice(0, REASON_LENGTH)}`;
      await audit.record(id, { actor, action: 'files_left', detail, at: clock() });
    }
  }

  /** Whether this process or an earlier one has recorded it. */
  async function isSaid(id: string, what: string): Promise<boolean> {
    return (await records(id)).some(({ action, detail }) => action === 'files_left' && detail.startsWith(what));
  }

  function records(dashboardId: string): Promise<AuditRecord[]> {
    return audit.list({ dashboardId, before: null, limit: RECORDS });
  }

  /** @returns the time until it is tried again, in ms; null if it has been tried long enough */
  async function plan({ id, updatedAt }: DashboardRecord): Promise<number | null> {
    // What a runner says of its versions changes the dashboard later than that.
    const deletion = (await records(id)).find(({ action }) => action === 'delete');
    const deletedAt = Date.parse(deletion?.at ?? updatedAt);
    const now = clock();
    const next = RETRIES_MS.map(after => deletedAt + after).find(at => at > now);
    if (next === undefined) {
      return null;
    }
    due.set(id, next);
    return next - now;
  }

  /** @returns false if it has been tried long enough */
  async function postpone(dashboard: DashboardRecord, reason: string): Promise<boolean> {
    const { id, owner } = dashboard;
    const wait = await plan(dashboard);
    if (wait === null) {
      return false;
    }
    await say(dashboard, GOES_ON, '', reason);
    const minutes = Math.round(wait / 60_000);
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
      if ((due.get(dashboard.id) ?? 0) > clock()) {
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
