import { spawn } from 'node:child_process';
import { open } from 'node:fs/promises';
import path from 'node:path';

/** A machine that has much else to write is not waited for in this way. */
const PATIENCE_MS = 30_000;

/** Above this, one `sync -f` of the file system is faster than a flush of each file. */
const FEW = 100;

/**
 * Puts files and the folders that name them on the disk.
 *
 * @param files - those that were written, absolute.
 * @param folders - those that got new names, absolute.
 */
export async function flush(root: string, files: readonly string[], folders: readonly string[]): Promise<void> {
  if (files.length + folders.length > FEW && (await syncFileSystem(root))) {
    return;
  }
  for (const item of [...files, ...folders, root]) {
    await flushOne(item);
  }
}

/** Makes a rename in this folder last. */
export function flushFolderOf(item: string): Promise<void> {
  return flushOne(path.dirname(item));
}

async function flushOne(item: string): Promise<void> {
  const handle = await open(item, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function syncFileSystem(folder: string): Promise<boolean> {
  return new Promise(resolve => {
    const sync = spawn('sync', ['-f', folder], { stdio: 'ignore', timeout: PATIENCE_MS });
    sync.on('error', () => resolve(false));
    sync.on('exit', code => resolve(code === 0));
  });
}
