import type { Clock } from '../clock';
import { problem } from '../errors';
import type { Problem } from '../../contract';
import type { Reason } from './server-news';

const MAX_RESTARTS = 3;
const RESTART_WINDOW_MS = 5 * 60_000;
const STEP_MS = 2_000;

/** Keeps servers that do not stay up from being started for ever. */
export interface Restarts {
  /** Counts a restart. @returns which one it is and how long to wait before it, or null: enough */
  next(dashboardId: string): { count: number; waitMs: number } | null;
}

export function createRestarts(clock: Clock): Restarts {
  const times = new Map<string, number[]>();
  return {
    next(dashboardId) {
      const now = clock();
      const recent = (times.get(dashboardId) ?? []).filter(at => at > now - RESTART_WINDOW_MS);
      if (recent.length >= MAX_RESTARTS) {
        return null;
      }
      times.set(dashboardId, [...recent, now]);
      return { count: recent.length + 1, waitMs: recent.length * STEP_MS };
    }
  };
}

/** What its owner reads when it was enough. `end`: why it ended the last time, where that is known. */
export function tooManyRestarts(end: Reason | null): Problem {
  const often = `The dashboard's server went away ${MAX_RESTARTS + 1} times within five minutes.`;
  return end
    ? problem('server_stopped', `${often} ${end.message}`, end.fix, end.detail)
    : problem(
        'server_stopped',
        often,
        'Its log at the Hub says why; it may need more memory. Start it again when that is settled.'
      );
}
