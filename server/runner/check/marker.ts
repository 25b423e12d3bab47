import { createHash, randomBytes } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';

import type { CheckMarker } from '../../contract';
import { reason } from './storage/attempt';
import { NAME } from './take-file';

/** A file in the home folder that another server is to find: in the same folder, or in a copy of its volume. */
export interface Marker {
  write(): Promise<CheckMarker>;
  remove(): Promise<void>;
}

export function createMarker(home: string): Marker {
  const text = randomBytes(16).toString('hex');
  const file = path.join(home, `${NAME}${text.slice(0, 16)}.txt`);
  return {
    async write() {
      const sha256 = createHash('sha256').update(text).digest('hex');
      try {
        // Who copies a volume takes what is on it, and not what is about to be.
        await writeFile(file, text, { flush: true });
        return { file, sha256, error: null };
      } catch (error) {
        return { file, sha256, error: reason(error) };
      }
    },
    remove: () => rm(file, { force: true }).catch(() => undefined)
  };
}
