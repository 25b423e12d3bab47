import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { open, unlink } from 'node:fs/promises';
import path from 'node:path';

/** Begin of the names of files that the check has others write. */
export const NAME = 'dashboards-check-';
const MOST_BYTES = 1_000;

/**
 * Removes a file that the check has had somebody else write, and tells the SHA-256 of what it held; null where it is not seen
 * here, or is no such file. In a volume that can only be read, it stays.
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
      await unlink(file).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== 'EROFS') {
          throw error;
        }
      });
      return createHash('sha256').update(content).digest('hex');
    } finally {
      await handle.close();
    }
  } catch {
    return null;
  }
}
