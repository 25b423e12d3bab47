import { futimesSync, lutimesSync, type BigIntStats } from 'node:fs';

/** Clocks of file systems are coarse, and a server's may be off: a change this close to a copy may have left the same times. */
export const MARGIN_NS = 5_000_000_000n;

const SECOND = 1_000_000_000n;
/** Node takes times in seconds as floating point numbers, which hold a quarter of a microsecond nowadays. */
const BOUND = 1_000n;

/**
 * Nanoseconds in the unit that Node sets times in. Never in a later second than they are: Python compares the seconds of a
 * script with those that its compiled file was made from.
 */
export function seconds(nanoseconds: bigint): number {
  const fraction = ((nanoseconds % SECOND) + SECOND) % SECOND;
  const whole = Number((nanoseconds - fraction) / SECOND);
  const sum = whole + Number(fraction) / 1e9;
  return sum < whole + 1 ? sum : whole + 0.999_999;
}

/** Whether a time may be the other one after it was set by `keepTimes`. */
export function isKept(set: bigint, wanted: bigint): boolean {
  const difference = set - wanted;
  return difference < BOUND && difference > -BOUND;
}

/** Gives an open file or folder the times that were read from another, as exactly as Node can. */
export function keepTimes(file: number, stat: BigIntStats): void {
  futimesSync(file, seconds(stat.atimeNs), seconds(stat.mtimeNs));
}

/** Gives what is at a path, also a link itself, this time of its last change. */
export function keepTimeAt(path: string, mtime: bigint): void {
  lutimesSync(path, seconds(mtime), seconds(mtime));
}
