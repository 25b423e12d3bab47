import { setTimeout as delay } from 'node:timers/promises';

type Nothing = null | undefined | false;

/** Looks again and again until `look` gives something, and gives that back; fails after the time limit. */
export async function lookUntil<T>(
  look: () => T | Nothing | Promise<T | Nothing>,
  what: string,
  timeoutMs = 60_000
): Promise<T> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const found = await look();
    if (found !== null && found !== undefined && found !== false) {
      return found;
    }
    if (performance.now() > deadline) {
      throw new Error(`${what} did not happen within ${timeoutMs} ms`);
    }
    await delay(20);
  }
}

/** Resolves when `value` has not changed between two looks. */
export async function settled(value: () => number, betweenMs = 150): Promise<void> {
  for (let before = Number.NaN; before !== value();) {
    before = value();
    await delay(betweenMs);
  }
}
