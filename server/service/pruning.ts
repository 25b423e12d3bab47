import type { Logger } from './logger';
import { repeat } from './timing';

const EVERY_MS = 3_600_000;

/** Removes, every hour, what nobody needs any more. One task that fails does not keep the others from theirs. */
export function startPruning(tasks: Record<string, () => Promise<void>>, log: Logger): () => Promise<void> {
  return repeat(EVERY_MS, async () => {
    for (const [name, prune] of Object.entries(tasks)) {
      await prune().catch((error: unknown) => log.error({ err: error, task: name }, 'old records not removed'));
    }
  });
}
