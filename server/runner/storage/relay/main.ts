import { parentPort, workerData } from 'node:worker_threads';

import { storeClosed } from '../../../files/problems';
import { ProblemError, systemCode } from '../../../problem-error';
import { MalformedSection } from '../../../relay/frames';
import { OutOfStep } from './incoming';
import { Receiver, type ReceiverOptions } from './receiver';
import { BASE_ID, type AnswerMessage, type CallMessage, type ThreadError } from './receiver-port';

/** The thread of a receiver: it blocks, and viewers must not wait for it. */
const receiver = new Receiver(workerData as ReceiverOptions);

parentPort?.on('message', ({ id, call, args }: CallMessage) => {
  parentPort?.postMessage(answer(id, call, args));
  if (call === 'missing') {
    inBetween(receiver.lookAhead());
  }
});
parentPort?.postMessage({ id: BASE_ID, value: receiver.base() } satisfies AnswerMessage);
// Before the author's side has heard that it is to send anything.
ahead(() => receiver.prepare());

function inBetween(steps: Iterator<undefined>): void {
  setImmediate(() => ahead(() => steps.next().done || inBetween(steps)));
}

/** What goes wrong here does so again, where it is told. */
function ahead(work: () => void): void {
  try {
    work();
  } catch {
    // As above.
  }
}

function answer(id: number, call: CallMessage['call'], args: unknown[]): AnswerMessage {
  try {
    const method = receiver[call] as (...args: unknown[]) => unknown;
    return { id, value: method.apply(receiver, args) };
  } catch (error) {
    return { id, error: described(error) };
  }
}

function described(error: unknown): ThreadError {
  const known = error instanceof ProblemError ? error : storeClosed(error);
  if (known) {
    return { kind: 'problem', problem: known.problem };
  }
  if (error instanceof OutOfStep) {
    return { kind: 'out-of-step' };
  }
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return error instanceof MalformedSection
    ? { kind: 'malformed', message: error.message }
    : { kind: 'other', message, code: systemCode(error) };
}
