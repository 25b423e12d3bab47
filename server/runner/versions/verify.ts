import { Worker } from 'node:worker_threads';

import type { Places } from '../../files/places';
import { ProblemError } from '../../problem-error';
import { threadProgram } from '../thread-program';
import type { Differences, Reading, VerifyOrder, VerifyReport } from './verifier/order';

/** As many files of a damaged version are named. */
const NAMED = 50;

/**
 * Compares the files of a version with its manifest: kinds, sizes, contents, whether they are programs, and where links
 * lead. Times do not count. It works in a thread of its own, since it waits for the disk, and viewers must not.
 *
 * @throws ProblemError `file_missing` where there is no manifest, or the signal's reason
 */
export async function verifyVersion(
  places: Places,
  n: number,
  signal: AbortSignal,
  read: Reading = 'all'
): Promise<Differences> {
  signal.throwIfAborted();
  const order: VerifyOrder = { dashboard: places.dashboard, version: n, read };
  const thread = new Worker(threadProgram('verifier'), { workerData: order });
  // It only reads, so that it may end anywhere.
  const end = () => void thread.terminate();
  signal.addEventListener('abort', end);
  try {
    const report = await reportOf(thread);
    signal.throwIfAborted();
    if (!report) {
      throw new ProblemError('file_missing', `The files of version ${n} are no longer there.`, {
        fix: 'Publish the dashboard again.'
      });
    }
    return report;
  } finally {
    signal.removeEventListener('abort', end);
  }
}

function reportOf(thread: Worker): Promise<VerifyReport> {
  return new Promise((resolve, reject) => {
    let report: VerifyReport = null;
    thread.on('message', (said: VerifyReport) => (report = said));
    thread.on('error', reject);
    thread.on('exit', () => resolve(report));
  });
}

/**
 * Sees to it that a version is what was published, as far as that shows without reading all of it. What apps have put
 * beside their files does not count.
 *
 * @throws ProblemError `version_damaged` or `file_missing`, or the signal's reason
 */
export async function checkUndamaged(places: Places, n: number, signal: AbortSignal): Promise<void> {
  const { missing, changed } = await verifyVersion(places, n, signal, 'suspicious');
  const damaged = [...missing.map(file => `missing: ${file}`), ...changed.map(file => `changed: ${file}`)];
  if (damaged.length > 0) {
    throw new ProblemError('version_damaged', `The files of version ${n} are not what was published any more.`, {
      fix: 'Publish the dashboard again, or roll back to another version.',
      detail: [...damaged.slice(0, NAMED), ...(damaged.length > NAMED ? [`… ${damaged.length} in all`] : [])].join('\n')
    });
  }
}
