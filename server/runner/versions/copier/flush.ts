import { spawnSync } from 'node:child_process';
import { closeSync, fsyncSync, openSync } from 'node:fs';

/** A machine that has much else to write is not waited for in this way. */
const PATIENCE_MS = 30_000;

/** Above this, one `sync -f` of the file system is faster than a flush of each file. */
const FEW = 100;

/**
 * Puts files and the folders that name them on the disk.
 *
 * @param root - whose file system is flushed as a whole where much was written.
 * @param files - those that were written, absolute.
 * @param folders - those that got new names, absolute.
 */
export function flush(root: string, files: readonly string[], folders: readonly string[]): void {
  if (files.length <= FEW || !flushFileSystem(root)) {
    for (const item of [...files, ...folders]) {
      flushOne(item);
    }
  }
}

function flushOne(item: string): void {
  const file = openSync(item, 'r');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

function flushFileSystem(folder: string): boolean {
  return spawnSync('sync', ['-f', folder], { stdio: 'ignore', timeout: PATIENCE_MS }).status === 0;
}
