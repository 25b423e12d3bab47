import { createHash } from 'node:crypto';
import { closeSync, openSync, readSync } from 'node:fs';

const CHUNK = 1 << 20;
/** One for all files, since none is read while another is: a project has many, and most are small. */
let scratch: Buffer | null = null;

/** Hash of an open file's content from its beginning, in hex. */
export function hashOfOpen(fd: number): string {
  const hash = createHash('sha256');
  scratch ??= Buffer.allocUnsafeSlow(CHUNK);
  for (let offset = 0, read = 1; read > 0; offset += read) {
    read = readSync(fd, scratch, 0, CHUNK, offset);
    hash.update(scratch.subarray(0, read));
  }
  return hash.digest('hex');
}

/** Hash of a file's content, in hex. */
export function hashOfFile(file: string): string {
  const fd = openSync(file, 'r');
  try {
    return hashOfOpen(fd);
  } finally {
    closeSync(fd);
  }
}
