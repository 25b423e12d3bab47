import type { Selection } from '../../contract';
import { grouped } from '../../grouped';
import { sizeInWords } from '../../size-in-words';
import { takeSnapshot } from '../versions/snapshot';
import type { Fetched, Made, StorageContext } from './strategy';

const LINE_EVERY_MS = 1_000;

/**
 * Makes a version that has files of its own: the second half of all strategies that copy.
 *
 * @throws ProblemError
 */
export async function copy(
  n: number,
  source: Selection,
  { own, check }: Fetched,
  { around, limits, signal, line }: StorageContext
): Promise<Made> {
  let told = performance.now();
  let last = '';
  const tell = ({ files, bytes }: { files: number; bytes: number }): void => {
    const said = `Copied ${grouped(files)} ${files === 1 ? 'file' : 'files'}, ${sizeInWords(bytes)}`;
    // What takes long at its end is not told twice.
    if (said !== last) {
      line(said);
    }
    last = said;
  };
  const snapshot = await takeSnapshot({
    places: around.places,
    home: around.home,
    version: n,
    source,
    own,
    check,
    signal,
    limits,
    progress(copied) {
      if (performance.now() - told > LINE_EVERY_MS) {
        told = performance.now();
        tell(copied);
      }
    }
  });
  tell(snapshot.manifest);
  return snapshot;
}
