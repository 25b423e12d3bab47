import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import path from 'node:path';

/** Begin of the names of files that the check lets JupyterLab write. */
const NAME = 'dashboards-check-';
const MOST_BYTES = 1_000;

/** SHA-256 of a file that the check has let JupyterLab write; null where it is not seen here, or is no such file. */
export async function seenFile(file: string): Promise<string | null> {
  if (!path.isAbsolute(file) || !path.basename(file).startsWith(NAME)) {
    return null;
  }
  try {
    const handle = await open(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      const stat = await handle.stat();
      return stat.isFile() && stat.size <= MOST_BYTES
        ? createHash('sha256')
            .update(await handle.readFile())
            .digest('hex')
        : null;
    } finally {
      await handle.close();
    }
  } catch {
    return null;
  }
}
