import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { open, unlink } from 'node:fs/promises';
import path from 'node:path';

/** Begin of the names of files that the check lets JupyterLab write. */
const NAME = 'dashboards-check-';
const MOST_BYTES = 1_000;

/**
 * Removes a file that the check has let JupyterLab write, and tells the SHA-256 of what it held; null where it is not seen
 * here, or is no such file.
 */
export async function takeFile(file: string): Promise<string | null> {
  if (!path.isAbsolute(file) || !path.basename(file).startsWith(NAME)) {
    return null;
  }
  try {
    const handle = await open(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      const stat = await handle.stat();
      if (!stat.isFile() || stat.size > MOST_BYTES) {
        return null;
      }
      const content = await handle.readFile();
      await unlink(file);
      return createHash('sha256').update(content).digest('hex');
    } finally {
      await handle.close();
    }
  } catch {
    return null;
  }
}
