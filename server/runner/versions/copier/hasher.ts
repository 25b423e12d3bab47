import { workerData } from 'node:worker_threads';

import { claim, DONE, hashesOf, type Batch, type HashDesk, type Hashed } from './hashing';
import { createWatch } from './watch';

/** The thread that hashes what the copier has copied. It ends when the copier closes its end of the port. */
function main({ port, state, stop }: HashDesk & { stop: Int32Array }): void {
  const watch = createWatch(
    () => Atomics.load(stop, 0) !== 0,
    () => undefined
  );
  port.on('message', (batch: Batch) => {
    if (claim(state, batch.n)) {
      port.postMessage({ n: batch.n, hashes: tried(batch, watch.check) } satisfies Hashed);
      Atomics.add(state, DONE, 1);
      Atomics.notify(state, DONE);
    }
  });
}

function tried(batch: Batch, check: () => void): string[] | null {
  try {
    return hashesOf(batch, check);
  } catch {
    return null; // The copier, which then does it itself, says why.
  }
}

main(workerData as Parameters<typeof main>[0]);
