import { Worker } from 'node:worker_threads';

import { ProblemError } from '../../../problem-error';
import { threadProgram } from '../../thread-program';
import type { Copied, CopyOrder, Progress, Report } from './order';

/**
 * Has a version copied in a thread of its own, since everything there waits for the disk, and viewers must not.
 *
 * @throws ProblemError, or the signal's reason: then the thread has ended, and so writes nothing more.
 */
export async function runCopier(
  order: CopyOrder,
  signal: AbortSignal,
  progress: (progress: Progress) => void
): Promise<Copied> {
  signal.throwIfAborted();
  // The thread has no event loop to get a message in.
  const stop = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  const cancel = () => void Atomics.store(stop, 0, 1);
  signal.addEventListener('abort', cancel);
  try {
    const report = await lastReport(new Worker(threadProgram('copier'), { workerData: { order, stop } }), progress);
    if (report.kind === 'copied') {
      return report.copied;
    }
    signal.throwIfAborted();
    throw report.kind === 'failed'
      ? ProblemError.of(report.problem)
      : new Error('The copier has ended without a word.');
  } finally {
    signal.removeEventListener('abort', cancel);
  }
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
