/** What is written at the end of this round of the event loop. */
let batch: (() => void)[] = [];

/**
 * Calls `write` once everything has been read that has arrived by now: no later than it would be read otherwise, and
 * far cheaper. Each write wakes its reader, which takes the processor from whoever still has requests to read.
 */
export function writeInBatch(write: () => void): void {
  if (batch.push(write) === 1) {
    setImmediate(writeAll);
  }
}

function writeAll(): void {
  const writes = batch;
  batch = [];
  for (const write of writes) {
    write();
  }
}
