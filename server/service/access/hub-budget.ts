import type { Clock } from '../clock';

/** How many questions may be asked: so many a second on average, more at once after a while with fewer. */
export interface Budget {
  /** Takes one from what there is. @returns false if there was nothing left */
  take(): boolean;
}

/** @param saved the most that are asked at once */
export function createBudget(perSecond: number, saved: number, clock: Clock): Budget {
  let left = saved;
  let at = clock();
  return {
    take() {
      const now = clock();
      left = Math.min(saved, left + (Math.max(0, now - at) / 1_000) * perSecond);
      at = now;
      if (left < 1) {
        return false;
      }
      left -= 1;
      return true;
    }
  };
}
