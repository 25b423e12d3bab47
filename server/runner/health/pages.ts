import type { FrameworkId } from '../../contract';
import { notFinished } from './app-failed';
import { ask, type Answer } from './http';
import type { ProofInput } from './proof';

const MOST_REDIRECTS = 5;

export interface Page extends Answer {
  /** Path that it came from in the end. */
  path: string;
}

/**
 * Opens a page as a browser does: with redirects that stay under the prefix, and to its last byte.
 *
 * @param path - absolute path, with the prefix.
 * @throws ProblemError `app_failed` if it takes too long; the signal's reason
 */
export async function openPage(framework: FrameworkId, input: ProofInput, path: string): Promise<Page> {
  const base = `http://${input.target.host}:${input.target.port}`;
  for (let redirects = 0; ; redirects++) {
    let answer: Answer;
    try {
      answer = await ask(input.target, path, { timeoutMs: input.timeoutMs, signal: input.signal });
    } catch {
      input.signal.throwIfAborted();
      throw notFinished(framework, input.timeoutMs);
    }
    const url = answer.location === null ? null : URL.parse(answer.location, base + path);
    if (!url || !url.pathname.startsWith(input.prefix) || redirects === MOST_REDIRECTS) {
      return { ...answer, path };
    }
    path = url.pathname + url.search;
  }
}
