/**
 * Memory that connections read into. All share one piece, since what arrives is looked at before anything else is read.
 * Long bodies are not copied out of it: they get pieces of their own, larger ones, that come back once they are written.
 */
export const SHARED_BUFFER = Buffer.allocUnsafeSlow(65_536);

const BULK_BYTES = 262_144;
const KEPT = 8;
const spare: Buffer[] = [];

export function takeBulkBuffer(): Buffer {
  return spare.pop() ?? Buffer.allocUnsafeSlow(BULK_BYTES);
}

/** A buffer that is not given back is collected like any other. */
export function giveBulkBuffer(buffer: Buffer): void {
  if (spare.length < KEPT) {
    spare.push(buffer);
  }
}
