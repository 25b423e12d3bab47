import type { Logger } from './logger';
import { repeat } from './timing';

const EVERY_MS = 3_600_000;

/** Removes, every hour, what nobody needs any more. One task that fails does not keep the others from theirs. */
export function startPruning(tasks: Record<string, () => Promise<void>>, log: Logger): () => Promise<void> {
  const stops = Object.entries(tasks).map(([task, prune]) =>
    repeat(EVERY_MS, prune, error => log.error({ err: error, task }, 'old records not removed'))
  );
  return async () => {
    await Promise.all(stops.map(stop => stop()));
  };
}
