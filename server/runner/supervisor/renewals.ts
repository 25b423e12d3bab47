/** A change so soon after an app was started may be the app's own doing: a log or a cache that it writes beside its files. */
const SOON_MS = 10_000;
/** So many of them in a row are an author at work. */
const UNSUSPICIOUS = 3;
const FIRST_PAUSE_MS = 5_000;
const MAX_PAUSE_MS = 60_000;

/** How long to wait before an app whose files have changed is started with them: not for ever, one that changes them itself. */
export interface Renewals {
  /** There is an app with the files as they were a moment ago. */
  started(): void;
  /** Files have changed since. @returns ms to wait */
  changed(): number;
}

/** @param now - clock in ms. */
export function createRenewals(now: () => number): Renewals {
  let since = -Infinity;
  let inARow = 0;
  return {
    started() {
      since = now();
    },
    changed() {
      inARow = now() - since < SOON_MS ? inARow + 1 : 0;
      const pauses = inARow - UNSUSPICIOUS;
      return pauses > 0 ? Math.min(FIRST_PAUSE_MS * 2 ** (pauses - 1), MAX_PAUSE_MS) : 0;
    }
  };
}
