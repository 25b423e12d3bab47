import type { Changes } from './changes';
import { activeBuild, type DashboardRecord } from './dashboard';
import { logLines, type Reason, type ServerNews } from './server-news';
import type { Clock } from '../clock';
import type { Logger } from '../logger';
import type { Logs } from '../logs/logs';
import type { DashboardStore } from './store';

/** How long what ended a server is the reason of what comes of that. */
const RECENT_MS = 120_000;
/** Who says so in the log of a build, besides runners. */
const CLUSTER = 'cluster';

/** What is heard of dashboards' servers: kept in the log of the build under way, or else in that of the live version. */
export interface ServerLog {
  /** Never throws: a start does not fail for its log. */
  tell(dashboard: DashboardRecord, news: ServerNews): Promise<void>;
  /** Its server has ended, or its container has, after all this: keeps why, and leaves out what happens in any start. */
  ended(dashboard: DashboardRecord, news: readonly ServerNews[]): Promise<void>;
  /** Why its server has just ended, if that was heard. */
  lastEnd(dashboardId: string): Reason | null;
}

export interface ServerLogOptions {
  store: DashboardStore;
  logs: Logs;
  changes: Changes;
  clock: Clock;
  log: Logger;
}

export function createServerLog({ store, logs, changes, clock, log }: ServerLogOptions): ServerLog {
  const ends = new Map<string, { reason: Reason; at: number }>();

  async function write({ id }: DashboardRecord, lines: string[]): Promise<void> {
    const aggregate = await store.get(id);
    const build = aggregate && activeBuild(aggregate);
    if (build) {
      await logs.ofBuild(build, { startId: CLUSTER, lines });
      changes.report({ kind: 'build', id: build.id, dashboardId: id });
    } else if (aggregate?.live) {
      await logs.ofServer(id, aggregate.live.n, lines);
    }
  }

  const serverLog: ServerLog = {
    async tell(dashboard, news) {
      try {
        await write(dashboard, logLines(news));
      } catch (error) {
        log.error({ err: error, dashboard: dashboard.id }, 'news of a server not kept');
      }
    },

    async ended(dashboard, news) {
      // What was in the way of its start was over when that went on.
      const since = news.slice(news.findLastIndex(({ reason }) => reason === null) + 1);
      const causes = since.filter(({ follows }) => !follows);
      const told = new Map((causes.length > 0 ? causes : since).map(one => [one.sentence, one]));
      for (const one of told.values()) {
        await serverLog.tell(dashboard, one);
      }
      const reason = [...told.values()].at(-1)?.reason;
      if (reason) {
        ends.set(dashboard.id, { reason, at: clock() });
      }
      for (const [id, { at }] of ends) {
        if (at < clock() - RECENT_MS) {
          ends.delete(id);
        }
      }
    },

    lastEnd(dashboardId) {
      const end = ends.get(dashboardId);
      return end && end.at >= clock() - RECENT_MS ? end.reason : null;
    }
  };
  return serverLog;
}
