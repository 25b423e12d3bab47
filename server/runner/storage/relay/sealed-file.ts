import { chmodSync, constants, copyFileSync, linkSync } from 'node:fs';

import { keepTimeAt } from '../../../files/times';
import { isUnshareable } from '../../../files/unshareable';
import type { OfferedFile } from '../../../relay/offer';
import { sameTime } from './intact';

/** A file on this side that has a wanted content. */
export interface Holding {
  /** Absolute. */
  file: string;
  mtime: string;
  executable: boolean;
}

/** Gives a file that nobody else has yet its time, and lets nobody write to it. */
export function seal(file: string, { mtime, executable }: OfferedFile): void {
  keepTimeAt(file, BigInt(mtime));
  chmodSync(file, executable ? 0o555 : 0o444);
}

/** Makes a sealed file of one that has its content: the same one where time and mode agree, else a copy. */
export function shareOrCopy(holdings: readonly Holding[], item: OfferedFile, target: string): void {
  const twin = holdings.find(({ mtime, executable }) => executable === item.executable && sameTime(mtime, item.mtime));
  if (twin) {
    try {
      linkSync(twin.file, target);
      return;
    } catch (error) {
      if (!isUnshareable(error)) {
        throw error;
      }
    }
  }
  copyFileSync((twin ?? holdings[0])?.file ?? '', target, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
  seal(target, item);
}
