import { copyVersion } from '../versions/copier/copy-version';
import type { runCopier } from '../versions/copier/run';
import { createTake, type Take } from '../versions/copier/take';
import { createWatch } from '../versions/copier/watch';

/**
 * The copier in this thread, with something done before each file is taken, such as throwing the error of a disk that is
 * full: disks and rights are not to be had in every state on every machine.
 *
 * @param between - done before each file, too, and between pieces of one.
 */
export function copierThat(before: (...file: Parameters<Take>) => void, between?: () => void): typeof runCopier {
  return async function copy(order, signal, progress) {
    const watch = createWatch(() => {
      between?.();
      return signal.aborted;
    }, progress);
    return copyVersion(order, watch, null, taking => {
      const take = createTake(taking);
      return (...file) => {
        before(...file);
        return take(...file);
      };
    });
  };
}
