import { eventually } from '../service/testing/test-service';

const MOST_MS = 150_000;

/** Asks until there is an answer, whoever of those that would give it is away meanwhile. */
export function patiently<T>(ask: () => Promise<T | null | undefined | false>): Promise<T> {
  let last: unknown = null;
  const attempt = () =>
    ask().catch((error: unknown) => {
      last = error;
      return null;
    });
  return eventually(attempt, MOST_MS).catch((error: unknown) => {
    throw new Error(String(error), { cause: last });
  });
}
