import { setTimeout as wait } from 'node:timers/promises';

/** Waits, or stops waiting when `signal` is aborted. @returns false if it was */
export async function pause(ms: number, signal: AbortSignal): Promise<boolean> {
  try {
    await wait(ms, undefined, { signal });
    return true;
  } catch {
    return false;
  }
}

/** Calls `task` again and again with `ms` between the end of one call and the next, until stopped. */
export function repeat(ms: number, task: () => Promise<void>): () => Promise<void> {
  const stopping = new AbortController();
  const done = (async () => {
    while (await pause(ms, stopping.signal)) {
      await task();
    }
  })();
  return async () => {
    stopping.abort();
    await done;
  };
}
