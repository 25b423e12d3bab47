import { setTimeout as delay } from 'node:timers/promises';

import type { Target } from '../engine';
import { ProblemError, systemCode } from '../problem-error';
import { ask, type Answer } from './http';

const FIRST_PAUSE_MS = 25;
const MAX_PAUSE_MS = 250;
const ONE_ANSWER_MS = 10_000;
const AT_ONCE_MS = 1_000;

export interface ReadinessInput {
  target: Target;
  /** Absolute path that answers without running the author's code, where there is one. */
  path: string;
  timeoutMs: number;
  /** Aborted when the app has ended or the start was given up. */
  signal: AbortSignal;
}

/**
 * Waits until an app answers with anything that is not an error of the server.
 *
 * @throws ProblemError `port_never_opened`, or `app_failed` if it listened but gave no answer other than errors; the
 * signal's reason.
 */
export async function waitUntilReady(input: ReadinessInput): Promise<Answer> {
  const deadline = performance.now() + input.timeoutMs;
  let last: Answer | null = null;
  let listened = false;
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 1.3, MAX_PAUSE_MS)) {
    input.signal.throwIfAborted();
    const left = deadline - performance.now();
    if (left <= 0) {
      throw notReady(input, last, listened);
    }
    try {
      last = await ask(input.target, input.path, {
        timeoutMs: Math.max(1, Math.min(left, ONE_ANSWER_MS)),
        signal: input.signal
      });
      if (last.status < 500) {
        return last;
      }
    } catch (error) {
      // Not listening yet, or slow to answer: the deadline decides.
      listened ||= wasTaken(error, left);
    }
    await delay(Math.min(pause, Math.max(1, deadline - performance.now())), undefined, { signal: input.signal });
  }
}

/** Whether the port took a request that failed all the same. A port that nobody listens on refuses at once. */
function wasTaken(error: unknown, givenMs: number): boolean {
  const code = systemCode(error);
  return code === 'ECONNRESET' || (code === 'ABORT_ERR' && givenMs > AT_ONCE_MS);
}

function notReady(input: ReadinessInput, last: Answer | null, listened: boolean): ProblemError {
  const seconds = Math.round(input.timeoutMs / 1_000);
  if (last) {
    return new ProblemError('app_failed', `The app answers with error ${last.status}.`, {
      fix: 'Read the log, correct the app and publish again.',
      detail: last.body.slice(0, 2_000)
    });
  }
  if (listened) {
    return new ProblemError('app_failed', `The app listens, but did not answer a request within ${seconds} s.`, {
      fix: 'Read the log: it may say what a request fails with. Correct the app and publish again.'
    });
  }
  return new ProblemError(
    'port_never_opened',
    `The app did not listen on port ${input.target.port} within ${seconds} s.`,
    {
      fix:
        'Let it listen on {host} and {port}, or on the ones in the environment variables HOST and PORT. ' +
        'If it only takes long, the administrator of this hub can set a higher ready_timeout.'
    }
  );
}
