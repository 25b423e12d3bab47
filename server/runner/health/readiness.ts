import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

import { ProblemError, systemCode } from '../../problem-error';
import type { Target } from '../engine';
import { PortTaken } from '../supervisor/port';
import type { PortHolder } from '../supervisor/port-holder';
import { ask, type Answer } from './http';

/** Looking takes 0.15 ms of processor time, and each pause is time that somebody waits. */
const FIRST_PAUSE_MS = 5;
/** Pauses reach this after two seconds. */
const MAX_PAUSE_MS = 50;
const PAUSE_GROWTH = 1.02;
/** An app that answers with errors is given more time: each request stands in its log. */
const ERROR_PAUSE_MS = 200;
const ONE_ANSWER_MS = 10_000;
const AT_ONCE_MS = 1_000;
/** A kernel that so often shows nobody where connections are taken does not show who listens. */
const LOOKS = 3;

export interface ReadinessInput {
  target: Target;
  /** Absolute path that answers without running the author's code, where there is one. */
  path: string;
  timeoutMs: number;
  /** Asked when the port takes a connection, before anything is sent; once, unless it is free again by then. */
  holder(): PortHolder;
  /** Aborted when the app has ended or the start was given up. */
  signal: AbortSignal;
}

/**
 * Waits until an app answers with anything that is not an error of the server.
 *
 * @throws PortTaken before anything but the app has answered; ProblemError `port_never_opened`, or `app_failed` if it listened but gave no answer other than errors; the
 * signal's reason.
 */
export async function waitUntilReady(input: ReadinessInput): Promise<Answer> {
  const deadline = performance.now() + input.timeoutMs;
  let last: Answer | null = null;
  let listened = false;
  let held = false;
  let unseen = 0;
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * PAUSE_GROWTH, MAX_PAUSE_MS)) {
    input.signal.throwIfAborted();
    const left = deadline - performance.now();
    if (left <= 0) {
      throw notReady(input, last, listened);
    }
    try {
      await accepts(input.target);
      held ||= isApp(input.holder()) || ++unseen > LOOKS;
      if (held) {
        last = await ask(input.target, input.path, {
          timeoutMs: Math.max(1, Math.min(left, ONE_ANSWER_MS)),
          signal: input.signal
        });
        if (last.status < 500) {
          return last;
        }
      }
    } catch (error) {
      if (error instanceof PortTaken) {
        throw error;
      }
      // Not listening yet, or slow to answer: the deadline decides.
      listened ||= wasTaken(error, left);
    }
    const wait = last ? ERROR_PAUSE_MS : pause;
    await delay(Math.min(wait, Math.max(1, deadline - performance.now())), undefined, { signal: input.signal });
  }
}

/** False: whoever listened has ceased to, as one does who only looks for a free port. */
function isApp(holder: PortHolder): boolean {
  if (holder === 'stranger') {
    throw new PortTaken();
  }
  return holder !== 'nobody';
}

/** Cheaper than a request, which is made only to a port that somebody listens on. */
function accepts({ host, port }: Target): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port });
    socket.setTimeout(ONE_ANSWER_MS, () => socket.destroy(new Error('nobody took the connection')));
    socket.on('error', reject);
    socket.on('connect', () => {
      socket.destroy();
      resolve();
    });
  });
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
