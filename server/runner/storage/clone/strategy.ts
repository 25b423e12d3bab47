import { readdir } from 'node:fs/promises';

import type { CloneStrategy } from '../../../contract';
import { ProblemError } from '../../../problem-error';
import type { StorageStrategy } from '../strategy';
import { createPublished } from './published';
import { serveClone } from './serve-clone';

/** The service has had the volume cloned that the author's files are on, and the clone is mounted here: it is served as it is. */
export function clone(id: CloneStrategy): StorageStrategy {
  return {
    id,
    async fetch({ cloned }) {
      if (!cloned) {
        throw new Error('No volume was cloned for this version.');
      }
      await checkMounted(cloned.folder, cloned.from);
      return { root: cloned.folder, from: cloned.from, own: true };
    },
    make: serveClone,
    unpublished: (_folder, _home, manifest) => createPublished(manifest)
  };
}

/** What a mount lacks is an empty folder: a path that its volume does not have, say. */
async function checkMounted(folder: string, from: string): Promise<void> {
  const names = await readdir(folder).catch((): string[] => []);
  if (names.length === 0) {
    throw new ProblemError('file_missing', `The folder ${from} is not in the clone of its volume, or is empty there.`, {
      fix: 'Save files there, then publish again. If there are some, tell the administrator of this hub.',
      detail: folder
    });
  }
}
