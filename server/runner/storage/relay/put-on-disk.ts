import { spawnSync } from 'node:child_process';
import { closeSync, constants, fsyncSync, lstatSync, openSync } from 'node:fs';

/** Above this, one `sync -f` of the file system is faster than a flush of each file. */
const FEW = 100;
/** A machine that has much else to write is not waited for in this way. */
const PATIENCE_MS = 30_000;

/** Puts files and folders on the disk. Blocks: for a worker thread. @param within - a folder of the same file system. */
export function putOnDisk(within: string, items: readonly string[]): void {
  if (items.length > FEW && spawnSync('sync', ['-f', within], { stdio: 'ignore', timeout: PATIENCE_MS }).status === 0) {
    return;
  }
  for (const item of items) {
    if (lstatSync(item).isSymbolicLink()) {
      continue;
    }
    const fd = openSync(item, constants.O_RDONLY | constants.O_NOFOLLOW);
    try {
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
  }
}
