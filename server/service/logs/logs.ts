import { setImmediate as turn } from 'node:timers/promises';

import { folded, LIMITS, type BuildProgress, type LogBatch, type LogLine, type LogPage } from '../../contract';
import { plainText } from '../../frameworks/log-text';
import type { BuildRecord } from '../builds/build';
import { isoTime, type Clock } from '../clock';
import type { LogStore } from './store';

/** Lines that are read at once. */
const CHUNK = 1_000;

/** Which lines of a dashboard's log somebody wants to see. */
export interface LogFilter {
  /** Null: of all versions. */
  version: number | null;
  /** Text that lines contain, whatever the case; empty: all lines. */
  search: string;
}

/** A part of a log, and the `seq` up to which it has been looked through. */
export interface LogPart {
  lines: LogLine[];
  seq: number;
}

/** The logs of all versions: what was said while they were made, and what their apps print. */
export interface Logs {
  /** Keeps what a build has said, each line of it once. */
  ofBuild(build: BuildRecord, progress: Omit<BuildProgress, 'state'>): Promise<void>;
  /** Keeps what a runner's apps have printed. */
  ofApps(dashboardId: string, batch: LogBatch): Promise<void>;
  /** Keeps what was heard of a dashboard's server that no build waits for, with what this version's app prints. */
  ofServer(dashboardId: string, version: number, lines: readonly string[]): Promise<void>;
  /** The newest lines before `before` (null: of all). */
  page(dashboardId: string, filter: LogFilter, before: number | null, limit: number): Promise<LogPage>;
  /** Everything after `seq` that is there now, in parts. */
  after(dashboardId: string, filter: LogFilter, seq: number): AsyncGenerator<LogPart>;
  /** The newest `seq` that any line of any dashboard was given; 0 before the first. */
  latest(): Promise<number>;
  /** Calls `listener` whenever there are new lines. @returns ends that */
  watch(dashboardId: string, listener: () => void): () => void;
}

export function createLogs(store: LogStore, clock: Clock): Logs {
  const listeners = new Map<string, Set<() => void>>();

  function tell(dashboardId: string): void {
    for (const listener of [...(listeners.get(dashboardId) ?? [])]) {
      listener();
    }
  }

  return {
    async ofBuild(build, { startId, sender = startId, from = null, lines }) {
      const at = isoTime(clock());
      const kept = lines.map(text => ({ at, version: build.version, origin: 'build' as const, text: clean(text) }));
      if (await store.append(build.dashboardId, kept, { buildId: build.id, sender, from })) {
        tell(build.dashboardId);
      }
    },

    async ofApps(dashboardId, { startId, sender = startId, batch, lines }) {
      const kept = lines.map(({ at, version, text }) => ({ at, version, origin: 'app' as const, text: clean(text) }));
      if (await store.append(dashboardId, kept, { sender, batch })) {
        tell(dashboardId);
      }
    },

    async ofServer(dashboardId, version, lines) {
      const at = isoTime(clock());
      const kept = lines.map(text => ({ at, version, origin: 'app' as const, text: clean(text) }));
      if (await store.append(dashboardId, kept, null)) {
        tell(dashboardId);
      }
    },

    async page(dashboardId, { version, search }, before, limit) {
      const matches = matcher(search);
      const found: LogLine[] = [];
      let from = before;
      for (;;) {
        // One line more than wanted tells whether there is a page before this one.
        const stretch = { dashboardId, version, limit: search ? CHUNK : limit + 1 };
        const chunk = await store.before(stretch, from);
        found.push(...chunk.filter(matches));
        from = chunk.at(-1)?.seq ?? null;
        if (found.length > limit || chunk.length < stretch.limit) {
          break;
        }
        await turn();
      }
      const lines = found.slice(0, limit).reverse();
      return { lines, before: found.length > limit ? (lines[0]?.seq ?? null) : null };
    },

    async *after(dashboardId, { version, search }, seq) {
      const matches = matcher(search);
      for (let last = seq; ;) {
        const chunk = await store.after({ dashboardId, version, limit: CHUNK }, last);
        last = chunk.at(-1)?.seq ?? last;
        yield { lines: chunk.filter(matches), seq: last };
        if (chunk.length < CHUNK) {
          return;
        }
        await turn();
      }
    },

    latest: () => store.latest(),

    watch(dashboardId, listener) {
      const all = listeners.get(dashboardId) ?? new Set();
      listeners.set(dashboardId, all.add(listener));
      return () => {
        all.delete(listener);
        if (all.size === 0) {
          listeners.delete(dashboardId);
        }
      };
    }
  };
}

/** Runners are their authors' programs: what they send is no more trusted than what apps print. */
function clean(text: string): string {
  return plainText(text).slice(0, LIMITS.logLine);
}

function matcher(search: string): (line: LogLine) => boolean {
  if (search === '') {
    return () => true;
  }
  const wanted = folded(search);
  return ({ text }) => folded(text).includes(wanted);
}
