import { lstatSync, readlinkSync, type Stats } from 'node:fs';

import type { OfferedFile, OfferedItem } from '../../../relay/offer';

/** Times are set in seconds as a floating point number, which holds less than nanoseconds. */
const COARSE_MS = 0.01;

/** Whether a sealed file that is there is the file that is meant. */
export function isIntactFile(stat: Stats, { size, mtime }: Pick<OfferedFile, 'size' | 'mtime'>): boolean {
  return (
    stat.isFile() &&
    stat.size === size &&
    (stat.mode & 0o222) === 0 &&
    Math.abs(stat.mtimeMs - inSeconds(mtime) * 1_000) < COARSE_MS
  );
}

export function sameTime(one: string, other: string): boolean {
  return one === other || Math.abs(inSeconds(one) - inSeconds(other)) * 1_000 < COARSE_MS;
}

export function isIntact(target: string, item: OfferedItem): boolean {
  const stat = lstatSync(target, { throwIfNoEntry: false });
  if (item.kind === 'folder') {
    return stat?.isDirectory() ?? false;
  }
  if (item.kind === 'link') {
    return (stat?.isSymbolicLink() ?? false) && readlinkSync(target) === item.target;
  }
  return stat !== undefined && isIntactFile(stat, item) && ((stat.mode & 0o111) !== 0) === item.executable;
}

/** A time as the calls that set it take it. */
export function inSeconds(nanoseconds: string): number {
  return Number(BigInt(nanoseconds)) / 1e9;
}
