import type { Clock } from '../clock';
import type { Logger } from '../logger';
import { createOutage } from '../outage';
import { pause } from '../timing';
import type { ChangeEntry, ChangeLog } from './change-log';
import type { Changes } from './changes';
import type { DashboardAggregate } from './dashboard';
import type { DashboardStore } from './store';

/** Changes within this time are recorded and told together. */
const COLLECT_MS = 50;
const RETRY_MS = 1_000;
/** Whoever has missed more than this reads the lists again: that is less work for both. */
const MAX_MISSED = 200;

/** A change, and the dashboard as it is now; null: it is gone. */
export interface FeedItem extends ChangeEntry {
  aggregate: DashboardAggregate | null;
}

/** Tells what changes, to any number of listeners, reading everything once for all of them. */
export interface Feed {
  /** Items come in the order of their numbers. A listener does not throw. */
  subscribe(listener: (items: readonly FeedItem[]) => void): () => void;
  /** What came after `seq`; null: too much, or too long ago. */
  since(seq: number): Promise<FeedItem[] | null>;
  latest(): Promise<number>;
  start(): Promise<void>;
  stop(): Promise<void>;
}

export interface FeedOptions {
  log: ChangeLog;
  store: DashboardStore;
  changes: Changes;
  clock: Clock;
  logger: Logger;
}

export function createFeed({ log, store, changes, clock, logger }: FeedOptions): Feed {
  const listeners = new Set<(items: readonly FeedItem[]) => void>();
  const stopping = new AbortController();
  const changed = new Set<string>();
  const outage = createOutage(logger, 'changes not told');
  let unsubscribe: () => void = () => undefined;
  let told = 0;
  let working: Promise<void> | null = null;

  async function withDashboards(entries: readonly ChangeEntry[]): Promise<FeedItem[]> {
    const found = await store.some([...new Set(entries.map(({ dashboardId }) => dashboardId))]);
    const byId = new Map(found.map(aggregate => [aggregate.dashboard.id, aggregate]));
    return entries.map(entry => {
      const aggregate = byId.get(entry.dashboardId);
      return { ...entry, aggregate: aggregate && !aggregate.dashboard.deleting ? aggregate : null };
    });
  }

  async function record(): Promise<void> {
    const ids = [...changed];
    if (ids.length === 0) {
      return;
    }
    changed.clear();
    try {
      await log.append(ids, clock());
    } catch (error) {
      ids.forEach(id => changed.add(id));
      throw error;
    }
  }

  async function tell(): Promise<void> {
    const entries = await log.after(told, Number.MAX_SAFE_INTEGER - 1);
    if (!entries) {
      // More was forgotten than told. Whoever listens is told of what comes; what was missed is in no log any more.
      told = await log.latest();
      return;
    }
    if (entries.length > 0 && listeners.size > 0) {
      const items = await withDashboards(entries);
      listeners.forEach(listener => listener(items));
    }
    told = entries.at(-1)?.seq ?? told;
  }

  async function work(): Promise<void> {
    let wait = COLLECT_MS;
    // Also of what has been recorded already, where telling it failed.
    let untold = true;
    while (untold && (await pause(wait, stopping.signal))) {
      try {
        await record();
        await tell();
        untold = changed.size > 0;
        wait = COLLECT_MS;
        outage.worked();
      } catch (error) {
        outage.failed(error);
        wait = RETRY_MS;
      }
    }
    working = null;
  }

  return {
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },

    async since(seq) {
      const entries = await log.after(seq, MAX_MISSED);
      return entries && withDashboards(entries);
    },

    latest: () => log.latest(),

    async start() {
      await log.catchUp(clock());
      told = await log.latest();
      unsubscribe = changes.subscribe(change => {
        if (change.kind !== 'build') {
          changed.add(change.id);
          working ??= work();
        }
      });
    },

    async stop() {
      unsubscribe();
      stopping.abort();
      await working;
      // Whoever comes back to the next process is told. Where nothing can be written, that one finds out for itself.
      await record().catch((error: unknown) => logger.error({ err: error }, 'changes not recorded'));
    }
  };
}
