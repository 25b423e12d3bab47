import type { IncomingMessage } from 'node:http';

const MAX_BYTES = 16 * 1024 * 1024;
const MAX_MS = 10_000;

/**
 * Reads what is still coming of a body that nobody wants, and forgets it. Whoever is in the middle of sending, as the
 * Hub's proxy is for its clients, takes a connection that ends meanwhile for a broken service and never sees the answer.
 * @returns whether all of it came, within what is worth waiting for
 */
export async function readToEnd(request: IncomingMessage, maxBytes = MAX_BYTES, maxMs = MAX_MS): Promise<boolean> {
  if (request.complete || request.destroyed) {
    return request.complete;
  }
  return new Promise(resolve => {
    let bytes = 0;
    const count = (chunk: Buffer): void => {
      bytes += chunk.length;
      if (bytes > maxBytes) {
        finish();
      }
    };
    const finish = (): void => {
      clearTimeout(timer);
      request.off('data', count).off('end', finish).off('close', finish);
      resolve(request.complete);
    };
    const timer = setTimeout(finish, maxMs);
    request.on('data', count).once('end', finish).once('close', finish).resume();
  });
}
