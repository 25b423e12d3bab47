import { linkSync, type BigIntStats } from 'node:fs';

import { lookAt } from '../../../files/look-at';
import { isKept } from '../../../files/times';
import { isUnshareable } from '../../../files/unshareable';
import type { Earlier } from './earlier';

/** Makes `target` a further name of the earlier version's file, unless somebody has touched that. */
export function share(earlier: Earlier, target: string): boolean {
  return isIntact(earlier, lookAt(earlier.file)) && link(earlier.file, target);
}

/** Whether the earlier version's file still looks as it was left. */
export function isIntact({ entry }: Earlier, stat: BigIntStats | undefined): boolean {
  return (
    stat !== undefined &&
    stat.isFile() &&
    stat.size === BigInt(entry.size) &&
    isKept(stat.mtimeNs, BigInt(entry.mtime)) &&
    (stat.mode & 0o222n) === 0n
  );
}

/** Whether `target` could be made a further name of `file`, which is not followed where it is a symbolic link. */
export function link(file: string, target: string): boolean {
  try {
    linkSync(file, target);
    return true;
  } catch (error) {
    if (isUnshareable(error)) {
      return false;
    }
    throw error;
  }
}
