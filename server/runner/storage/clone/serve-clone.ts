import { symlink } from 'node:fs/promises';
import path from 'node:path';

import type { Selection } from '../../../contract';
import { explained } from '../../../files/problems';
import { grouped } from '../../../grouped';
import { sizeInWords } from '../../../size-in-words';
import { runCopier } from '../../versions/copier/run';
import { makeVersion } from '../../versions/make-version';
import type { Fetched, Made, StorageContext } from '../strategy';

const LINE_EVERY_MS = 1_000;

/**
 * Makes a version that is a folder of a clone: its `files` is a link there, and its manifest says what of it was published.
 *
 * @throws ProblemError
 */
export async function serveClone(
  n: number,
  source: Selection,
  { root, from }: Fetched,
  { around: { places, home }, limits, signal, line }: StorageContext
): Promise<Made> {
  let told = performance.now();
  try {
    return await makeVersion(places, n, async temporary => {
      await symlink(root, path.join(temporary, 'files'));
      const made = await runCopier(
        {
          ...{ dashboard: places.dashboard, version: n, earlier: null, target: temporary, home, limits, own: true },
          inPlace: { from: from ?? root },
          source: { root, entry: source.entry, scope: source.scope }
        },
        signal,
        ({ files }) => {
          if (performance.now() - told > LINE_EVERY_MS) {
            told = performance.now();
            line(`Read ${grouped(files)} ${files === 1 ? 'file' : 'files'}`);
          }
        }
      );
      signal.throwIfAborted();
      const { files, bytes } = made.manifest;
      line(`Read ${grouped(files)} ${files === 1 ? 'file' : 'files'}, ${sizeInWords(bytes)}. Nothing is copied.`);
      return made;
    });
  } catch (error) {
    throw explained(error, from ?? root);
  }
}
