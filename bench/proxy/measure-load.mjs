import { execFile } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const PROGRAM = join(dirname(fileURLToPath(import.meta.url)), 'load.mjs');

/**
 * Requests that were answered in a second, asked for by a process of its own.
 *
 * @param {{ port: number, path: string, headers: Record<string, string>, connections: number, seconds: number }} load
 * @param {AbortSignal} signal
 * @returns {Promise<number>}
 */
export async function perSecond(load, signal) {
  const { stdout } = await promisify(execFile)(process.execPath, [PROGRAM, JSON.stringify(load)], { signal });
  const { answered, seconds } = JSON.parse(stdout);
  return answered / seconds;
}
