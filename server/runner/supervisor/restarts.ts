const FIRST_DELAY_MS = 500;
const MAX_DELAY_MS = 30_000;
const CRASHES = 5;
const WINDOW_MS = 120_000;

/** How long to wait before an app that has ended is started again. */
export interface Restarts {
  /** Counts one crash: ms to wait, or null if there have been too many of late. */
  crashed(): number | null;
}

/** @param now - clock in ms. */
export function createRestarts(now: () => number): Restarts {
  let crashes: number[] = [];
  return {
    crashed() {
      const time = now();
      crashes = [...crashes.filter(at => time - at < WINDOW_MS), time];
      if (crashes.length >= CRASHES) {
        return null;
      }
      return Math.min(FIRST_DELAY_MS * 2 ** (crashes.length - 1), MAX_DELAY_MS);
    }
  };
}
