import { lstatSync, readlinkSync, type BigIntStats } from 'node:fs';

import { isKept } from '../../../files/times';
import type { OfferedFile, OfferedItem } from '../../../relay/offer';

/** Whether a sealed file that is there is the file that is meant. */
export function isIntactFile(
  stat: BigIntStats,
  { size, mtime, executable }: Pick<OfferedFile, 'size' | 'mtime' | 'executable'>
): boolean {
  return (
    stat.isFile() &&
    stat.size === BigInt(size) &&
    (stat.mode & 0o222n) === 0n &&
    ((stat.mode & 0o111n) !== 0n) === executable &&
    isKept(stat.mtimeNs, BigInt(mtime))
  );
}

/** Whether a time may be the other one, as it was sent or as it was read where it had been set. */
export function sameTime(one: string, other: string): boolean {
  return one === other || isKept(BigInt(one), BigInt(other));
}

export function isIntact(target: string, item: OfferedItem): boolean {
  const stat = lstatSync(target, { bigint: true, throwIfNoEntry: false });
  if (item.kind === 'folder') {
    return stat?.isDirectory() ?? false;
  }
  if (item.kind === 'link') {
    return (stat?.isSymbolicLink() ?? false) && readlinkSync(target) === item.target;
  }
  return stat !== undefined && isIntactFile(stat, item);
}
