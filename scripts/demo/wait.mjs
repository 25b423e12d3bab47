import { setTimeout as delay } from 'node:timers/promises';

import { Failure } from '../setup/failure.mjs';

/**
 * Asks again and again until there is an answer other than undefined.
 *
 * @template T
 * @param {string} what ends the sentence "… within N s."
 * @param {() => Promise<T | undefined>} ask
 * @param {{ withinMs?: number, everyMs?: number, signal?: AbortSignal, log?: string }} [options]
 * @returns {Promise<T>}
 */
export async function until(what, ask, { withinMs = 60_000, everyMs = 150, signal, log } = {}) {
  const deadline = performance.now() + withinMs;
  while (performance.now() < deadline) {
    const answer = await ask();
    if (answer !== undefined) {
      return answer;
    }
    await delay(everyMs, undefined, { signal });
  }
  throw new Failure(`${what} within ${withinMs / 1_000} s.`, { log });
}
