import { setTimeout as delay } from 'node:timers/promises';

const LOOK_MS = 250;

export interface DrainInput {
  /** A page without an open connection may be about to ask for its next part. */
  leastMs: number;
  mostMs: number;
  connections(): number;
  /** Called when there are connections left at the end. */
  cutOff(): void;
  /** Aborted when the version is needed again. */
  signal: AbortSignal;
}

/** Waits until nobody uses an old version any more; true if it may be stopped. */
export async function drain(input: DrainInput): Promise<boolean> {
  const begin = performance.now();
  try {
    for (;;) {
      const passed = performance.now() - begin;
      if (passed >= input.leastMs && input.connections() === 0) {
        return true;
      }
      if (passed >= input.mostMs) {
        input.cutOff();
        return true;
      }
      const next = passed < input.leastMs ? input.leastMs - passed : Math.min(LOOK_MS, input.mostMs - passed);
      await delay(Math.max(1, Math.min(next, input.mostMs - passed)), undefined, { signal: input.signal });
    }
  } catch {
    return false;
  }
}
