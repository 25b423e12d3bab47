import { setTimeout as delay } from 'node:timers/promises';

const LOOK_MS = 250;

/** How long an old version runs on for those who still look at it, in ms. */
export interface DrainTimes {
  /** Pages ask again after a while, and not all of them hold a connection in between. */
  quietMs: number;
  /** After this nobody is let in any more. */
  mostMs: number;
  /** Left from then on for downloads and uploads that have begun. */
  transferMs: number;
}

export interface DrainInput extends DrainTimes {
  connections(): number;
  /** For how many ms nobody has used it: 0 while there are connections, Infinity if nobody ever has. */
  idle(): number;
  /** From here on nobody is let in, and what would never end by itself is to be ended. */
  close(): void;
  /** Called when there are connections left at the end. */
  cutOff(): void;
  /** Aborted when the version is needed again. */
  signal: AbortSignal;
}

/** Waits until nobody uses an old version any more; true if it may be stopped. */
export async function drain(input: DrainInput): Promise<boolean> {
  const { quietMs, mostMs, transferMs, signal } = input;
  const begin = performance.now();
  let closed = false;
  try {
    for (;;) {
      const passed = performance.now() - begin;
      if (input.connections() === 0 && (closed || input.idle() >= quietMs)) {
        return true;
      }
      if (!closed && passed >= mostMs) {
        closed = true;
        input.close();
        continue;
      }
      if (passed >= mostMs + transferMs) {
        input.cutOff();
        return true;
      }
      const end = closed ? mostMs + transferMs : mostMs;
      await delay(Math.max(1, Math.min(LOOK_MS, end - passed)), undefined, { signal });
    }
  } catch {
    return false;
  }
}
