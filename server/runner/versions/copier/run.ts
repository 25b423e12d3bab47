import { MessageChannel, Worker, type MessagePort } from 'node:worker_threads';

import { ProblemError } from '../../../problem-error';
import { threadProgram } from '../../thread-program';
import { createHashState, ENDED } from './hashing';
import type { Copied, CopyOrder, Progress, Report } from './order';

/** From so much on it takes less time with a second thread than without the time that this takes to begin. */
const WORTH = { files: 500, bytes: 32 * 2 ** 20 };

/**
 * Has a version copied in a thread of its own, since everything there waits for the disk, and viewers must not. A large
 * one is hashed in another thread.
 *
 * @throws ProblemError, or the signal's reason: then the threads have ended, and so write nothing more.
 */
export async function runCopier(
  order: CopyOrder,
  signal: AbortSignal,
  progress: (progress: Progress) => void
): Promise<Copied> {
  signal.throwIfAborted();
  // The threads have no event loop to get a message in.
  const stop = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  const cancel = () => void Atomics.store(stop, 0, 1);
  signal.addEventListener('abort', cancel);
  const { port1, port2 } = new MessageChannel();
  const state = createHashState();
  const hasher: { ended: Promise<void> | null } = { ended: null };
  const copier = new Worker(threadProgram('copier'), {
    workerData: { order, stop, desk: { port: port1, state } },
    transferList: [port1]
  });
  try {
    const report = await lastReport(copier, done => {
      progress(done);
      if (!order.inPlace && (done.files >= WORTH.files || done.bytes >= WORTH.bytes)) {
        hasher.ended ??= hash(port2, state, stop);
      }
    });
    if (report.kind === 'copied') {
      return report.copied;
    }
    signal.throwIfAborted();
    throw report.kind === 'failed'
      ? ProblemError.of(report.problem)
      : new Error('The copier has ended without a word.');
  } finally {
    signal.removeEventListener('abort', cancel);
    cancel();
    port2.close(); // Where the hasher has it, that is its own.
    await hasher.ended;
  }
}

/** Resolves when the thread has ended, in whatever way: the copier can do without it. */
async function hash(port: MessagePort, state: Int32Array, stop: Int32Array): Promise<void> {
  const worker = new Worker(threadProgram('hasher'), { workerData: { port, state, stop }, transferList: [port] });
  worker.on('error', () => undefined);
  await new Promise(resolve => worker.once('exit', resolve));
  Atomics.store(state, ENDED, 1);
}

function lastReport(worker: Worker, progress: (progress: Progress) => void): Promise<Report> {
  return new Promise((resolve, reject) => {
    let last: Report = { kind: 'stopped' };
    worker.on('message', (report: Report) => {
      last = report;
      if (report.kind === 'progress') {
        progress(report.progress);
      }
    });
    worker.on('error', reject);
    worker.on('exit', () => resolve(last));
  });
}
