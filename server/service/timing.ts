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

/**
 * Calls `task` again and again with `ms` between the end of one call and the next, until stopped.
 * @param failed told of each call that fails; the next one comes all the same
 */
export function repeat(
  ms: number,
  task: () => Promise<unknown>,
  failed: (error: unknown) => void
): () => Promise<void> {
  const stopping = new AbortController();
  const done = (async () => {
    while (await pause(ms, stopping.signal)) {
      try {
        await task();
      } catch (error) {
        failed(error);
      }
    }
  })();
  return async () => {
    stopping.abort();
    await done;
  };
}
