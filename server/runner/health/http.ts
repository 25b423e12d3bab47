import { request } from 'node:http';

import type { Target } from '../engine';

export interface Answer {
  status: number;
  /** The beginning of the body; all of it has been read. */
  body: string;
  /** Where it sends the browser instead; null if nowhere. */
  location: string | null;
}

export interface AskOptions {
  method?: 'GET' | 'POST';
  /** Until the last byte of the body. */
  timeoutMs: number;
  signal?: AbortSignal;
}

const REMEMBERED = 2 ** 20;

/**
 * Asks an app and reads the whole answer: a status alone proves nothing, some apps never finish their first page.
 *
 * @param path - absolute path, with the prefix.
 */
export function ask(target: Target, path: string, options: AskOptions): Promise<Answer> {
  const signals = [AbortSignal.timeout(Math.ceil(options.timeoutMs)), ...(options.signal ? [options.signal] : [])];
  return new Promise((resolve, reject) => {
    const asked = request(
      {
        host: target.host,
        port: target.port,
        path,
        method: options.method ?? 'GET',
        agent: false,
        signal: AbortSignal.any(signals),
        headers: { accept: 'text/html,*/*;q=0.8' }
      },
      reply => {
        const chunks: Buffer[] = [];
        let kept = 0;
        reply.on('data', (chunk: Buffer) => {
          if (kept < REMEMBERED) {
            chunks.push(chunk);
            kept += chunk.length;
          }
        });
        reply.on('error', reject);
        reply.on('end', () => {
          if (reply.complete) {
            resolve({
              status: reply.statusCode ?? 0,
              body: Buffer.concat(chunks).toString('utf8'),
              location: reply.headers.location ?? null
            });
          } else {
            reject(new Error('the answer was cut off'));
          }
        });
      }
    );
    asked.on('error', reject);
    asked.end();
  });
}
