import { createHash, hash } from 'node:crypto';
import { closeSync, openSync, readSync } from 'node:fs';

/** Bytes that are read at once. */
export const CHUNK = 1 << 18;
/** One for all files of a thread: they are read one after the other. */
const BUFFER = Buffer.allocUnsafeSlow(CHUNK);

const goOn = (): void => undefined;

/**
 * Reads the first `size` bytes of an open file piece by piece; fewer where there are no more.
 *
 * @param use - gets a piece that is overwritten by the next one, and where it was.
 * @param check - called between pieces; throws to stop.
 */
export function eachChunk(
  file: number,
  size: number,
  use: (chunk: Buffer, position: number) => void,
  check: () => void = goOn
): void {
  for (let position = 0; position < size;) {
    if (position > 0) {
      check();
    }
    const read = readSync(file, BUFFER, 0, Math.min(CHUNK, size - position), position);
    if (read === 0) {
      return;
    }
    use(BUFFER.subarray(0, read), position);
    position += read;
  }
}

/** sha256 of the first `size` bytes of an open file, in hex. */
export function hashBytes(file: number, size: number, check?: () => void): string {
  if (size <= CHUNK) {
    // Most files: this is several times as fast for a small one.
    return hash('sha256', BUFFER.subarray(0, size === 0 ? 0 : readSync(file, BUFFER, 0, size, 0)), 'hex');
  }
  const whole = createHash('sha256');
  eachChunk(file, size, chunk => whole.update(chunk), check);
  return whole.digest('hex');
}

/** sha256 of a file that nobody writes to, in hex. */
export function hashFile(file: string, size: number, check?: () => void): string {
  const open = openSync(file, 'r');
  try {
    return hashBytes(open, size, check);
  } finally {
    closeSync(open);
  }
}
