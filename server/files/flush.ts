import { spawnSync } from 'node:child_process';
import { closeSync, constants, fsyncSync, openSync } from 'node:fs';

import { systemCode } from '../problem-error';

/** A machine that has much else to write is not waited for in this way. */
const PATIENCE_MS = 30_000;

/** Above this, one `sync -f` of the file system is faster than a flush of each. */
const FEW = 100;

/**
 * Puts files and folders on the disk. Blocks: for a worker thread.
 *
 * @param within - a folder of the file system that they are on, which is flushed as a whole where they are many.
 * @param items - absolute. Links among them are left: the folder that names one holds what it says.
 */
export function flush(within: string, items: readonly string[]): void {
  if (items.length <= FEW || !flushFileSystem(within)) {
    items.forEach(flushOne);
  }
}

function flushOne(item: string): void {
  let file: number;
  try {
    file = openSync(item, constants.O_RDONLY | constants.O_NOFOLLOW);
  } catch (error) {
    if (systemCode(error) === 'ELOOP') {
      return;
    }
    throw error;
  }
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

function flushFileSystem(folder: string): boolean {
  return spawnSync('sync', ['-f', folder], { stdio: 'ignore', timeout: PATIENCE_MS }).status === 0;
}
