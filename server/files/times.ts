import { futimesSync, lutimesSync, type BigIntStats } from 'node:fs';

/** Clocks of file systems are coarse, and a server's may be off: a change this close to a copy may have left the same times. */
export const MARGIN_NS = 5_000_000_000n;

const SECOND = 1_000_000_000n;
/** Node takes times in seconds as floating point numbers, which hold a quarter of a microsecond nowadays. */
const BOUND = 1_000n;

/**
 * Nanoseconds as Node is told times to set. Never in a later second than they are: Python compares the seconds of a script
 * with those that its compiled file was made from. A text, because Node takes numbers before 1970 for now.
 */
function inSeconds(nanoseconds: bigint): string {
  const fraction = fractionOf(nanoseconds);
  const whole = Number((nanoseconds - fraction) / SECOND);
  return String(whole + Math.min(Number(fraction) / 1e9, 0.999_999));
}

/** Whether a time may be the other one after it was set by `keepTimes` or `keepTimeAt`. Some file systems keep seconds alone. */
export function isKept(set: bigint, wanted: bigint): boolean {
  const second = wanted - fractionOf(wanted);
  const difference = set - wanted;
  return set === second || (set - fractionOf(set) === second && difference < BOUND && difference > -BOUND);
}

/** Also of times before 1970. */
function fractionOf(nanoseconds: bigint): bigint {
  return ((nanoseconds % SECOND) + SECOND) % SECOND;
}

/**
 * When something was made, in ns; null where the file system does not say, for which there is no time at all, or that of its
 * last change.
 */
export function bornAt({ birthtimeNs, ctimeNs }: BigIntStats): bigint | null {
  return birthtimeNs > 0n && birthtimeNs !== ctimeNs ? birthtimeNs : null;
}

/** Gives an open file or folder the times that were read from another, as exactly as Node can. */
export function keepTimes(file: number, stat: BigIntStats): void {
  futimesSync(file, inSeconds(stat.atimeNs), inSeconds(stat.mtimeNs));
}

/** Gives what is at a path, also a link itself, this time of its last change. */
export function keepTimeAt(path: string, mtime: bigint): void {
  const time = inSeconds(mtime);
  lutimesSync(path, time, time);
}
