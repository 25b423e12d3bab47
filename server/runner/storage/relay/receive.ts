import { PUSH_PATIENCE_MS } from '../../../contract/relay';
import { ProblemError } from '../../../problem-error';
import type { Clock } from '../../clock';
import { MalformedSection } from '../../../relay/frames';
import { grouped } from '../../../grouped';
import { sizeInWords } from '../../../size-in-words';
import { OutOfStep } from './incoming';
import { NotAwaited, type PushDesk } from './push-desk';
import type { Received } from './receiver';
import type { ReceiverPort } from './receiver-port';

/** How long a build waits for a push to begin. Lab and the command line begin within seconds. */
const FIRST_MS = 120_000;
/** After so long a silence another sender has the word. */
const SILENCE_MS = 15_000;
const LINE_EVERY_MS = 1_000;

export interface ReceiveOptions {
  buildId: string;
  /** The folder as its author knows it, for messages. */
  folder: string;
  receiver: ReceiverPort;
  desk: PushDesk;
  clock: Clock;
  signal: AbortSignal;
  line(line: string): void;
}

/**
 * Waits until the author's side has sent a project.
 *
 * @returns the hash that a version of it has
 * @throws ProblemError `files_not_here` if nobody sends it, the sender's own problem if it cannot, or what `signal` says
 */
export function receive({ buildId, folder, receiver, desk, clock, signal, line }: ReceiveOptions): Promise<string> {
  let sender = '';
  let heardAt = -Infinity;
  let toldAt = -Infinity;
  /** Calls one after the other, in the order in which they came. */
  let last: Promise<unknown> = Promise.resolve();
  /** A request that was let in before may go on after it. */
  let over = false;
  const checkAwaited = (): void => {
    if (over) {
      throw new NotAwaited();
    }
  };
  const inTurn = <T>(call: () => Promise<T>): Promise<T> => {
    const next = last.then(() => {
      checkAwaited();
      return call();
    });
    last = next.catch(() => undefined);
    return next;
  };
  const tell = ({ received, missing }: Received): void => {
    if (missing > 0 && clock.now() - toldAt >= LINE_EVERY_MS) {
      toldAt = clock.now();
      line(`Received ${sizeInWords(received)} of ${sizeInWords(missing)}`);
    }
  };

  return new Promise<string>((resolve, reject) => {
    let cancelTimer = (): void => {};
    const stopAwaiting = desk.await({
      buildId,
      heard(name) {
        checkAwaited();
        const now = clock.now();
        if (name !== sender && now - heardAt < SILENCE_MS) {
          return false;
        }
        if (name !== sender) {
          // By it the service knows that somebody sends them, though it may take long to read them.
          line('The files are on their way.');
        }
        sender = name;
        heardAt = now;
        cancelTimer();
        cancelTimer = clock.after(PUSH_PATIENCE_MS, () => finish(() => reject(interrupted(folder))));
        return true;
      },
      base: () => receiver.base().catch(failing),
      take: (head, sent) =>
        inTurn(() => receiver.take(head, sent)).then(received => {
          tell(received);
          return received;
        }, failing),
      missing: offered =>
        inTurn(() => receiver.missing(offered)).then(({ progress, ...reply }) => {
          if (progress.missing > 0) {
            line(
              `${grouped(reply.missing.length)} ${reply.missing.length === 1 ? 'file is' : 'files are'} new here, ${sizeInWords(progress.missing)}`
            );
          }
          return reply;
        }, failing),
      finish: () =>
        inTurn(() => receiver.finish()).then(finished => {
          if (finished.complete) {
            const { files, bytes, hash } = finished;
            line(
              `The dashboard’s server has ${grouped(files)} ${files === 1 ? 'file' : 'files'}, ${sizeInWords(bytes)}`
            );
            finish(() => resolve(hash));
          }
          return finished.complete;
        }, failing),
      failed: problem => finish(() => reject(ProblemError.of(problem)))
    });
    /** What sends sees to a step out of turn itself, and sends broken sections again. Anything else ends the build. */
    const failing = (error: unknown): never => {
      if (!(error instanceof OutOfStep || error instanceof MalformedSection || error instanceof NotAwaited)) {
        finish(() => reject(error as Error));
      }
      throw error;
    };
    const aborted = (): void => finish(() => reject(signal.reason as Error));
    const finish = (settle: () => void): void => {
      over = true;
      cancelTimer();
      stopAwaiting();
      signal.removeEventListener('abort', aborted);
      // A call that is under way still writes.
      void last.then(settle);
    };
    cancelTimer = clock.after(FIRST_MS, () => finish(() => reject(notHere(folder))));
    signal.addEventListener('abort', aborted);
    if (signal.aborted) {
      aborted();
    }
  });
}

function notHere(folder: string): ProblemError {
  return new ProblemError(
    'files_not_here',
    `The dashboard’s server does not see the folder ${folder}, and nobody has sent it.`,
    {
      fix: 'Publish from JupyterLab, or with the command jupyterhub-dashboards publish where the files are: both send them.'
    }
  );
}

function interrupted(folder: string): ProblemError {
  return new ProblemError('files_not_here', `Sending the folder ${folder} to the dashboard’s server was interrupted.`, {
    fix: 'Publish again: what has arrived is not sent a second time.',
    retryable: true
  });
}
