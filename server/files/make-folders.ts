import { mkdirSync, statSync } from 'node:fs';
import { mkdir, stat } from 'node:fs/promises';
import path from 'node:path';

import { systemCode } from '../problem-error';

/** Only their owner looks into what is published from outside. */
const MODE = 0o700;

/**
 * Makes a folder, and those above it, where they are not there. What keeps it from that is said as the system says it: the
 * way of Node's own says ENOENT where a quota is used up.
 */
export async function makeFolders(folder: string, above = true): Promise<void> {
  try {
    await mkdir(folder, { mode: MODE });
  } catch (error) {
    if (systemCode(error) === 'ENOENT' && above) {
      await makeFolders(path.dirname(folder));
      return makeFolders(folder, false);
    }
    if (systemCode(error) !== 'EEXIST' || !(await isFolder(folder))) {
      throw error;
    }
  }
}

/** The same, for threads that may wait for the disk. */
export function makeFoldersSync(folder: string, above = true): void {
  try {
    mkdirSync(folder, { mode: MODE });
  } catch (error) {
    if (systemCode(error) === 'ENOENT' && above) {
      makeFoldersSync(path.dirname(folder));
      return makeFoldersSync(folder, false);
    }
    if (systemCode(error) !== 'EEXIST' || !statSync(folder, { throwIfNoEntry: false })?.isDirectory()) {
      throw error;
    }
  }
}

function isFolder(at: string): Promise<boolean> {
  return stat(at).then(
    there => there.isDirectory(),
    () => false
  );
}
