import { parentPort, workerData } from 'node:worker_threads';

import { ProblemError } from '../../../problem-error';
import { copyVersion } from './copy-version';
import type { HashDesk } from './hashing';
import { listVersion } from './list-version';
import type { CopyOrder, Report } from './order';
import { createWatch, Stopped } from './watch';

/** The copier's thread: does one order and ends. */
function main({ order, stop, desk }: { order: CopyOrder; stop: Int32Array; desk: HashDesk }): void {
  const report = (what: Report) => parentPort?.postMessage(what);
  const watch = createWatch(
    () => Atomics.load(stop, 0) !== 0,
    progress => report({ kind: 'progress', progress })
  );
  try {
    const { inPlace } = order;
    const copied = inPlace ? listVersion(order, inPlace.from, watch) : copyVersion(order, watch, desk);
    report({ kind: 'copied', copied });
  } catch (error) {
    if (error instanceof ProblemError) {
      report({ kind: 'failed', problem: error.problem });
    } else if (error instanceof Stopped) {
      report({ kind: 'stopped' });
    } else {
      throw error;
    }
  } finally {
    desk.port.close();
  }
}

main(workerData as Parameters<typeof main>[0]);
