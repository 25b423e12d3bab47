/** What is kept of one version's log; the oldest lines go first. */
export interface LogLimits {
  lines: number;
  /** Of the text alone. */
  characters: number;
}

export const LOG_LIMITS: LogLimits = { lines: 20_000, characters: 4_000_000 };

/** A log that is full is cut to this part of its limits, so that it is not cut again with every line. */
const CUT_TO = 0.9;

/**
 * How many of the newest lines stay.
 * @param sizes - lengths of the lines, newest first; null where their number alone counts
 */
export function linesToKeep(sizes: readonly number[] | null, { lines, characters }: LogLimits): number {
  const most = Math.floor(lines * CUT_TO);
  if (sizes === null) {
    return most;
  }
  let left = Math.floor(characters * CUT_TO);
  const tooMuch = sizes.slice(0, most).findIndex(size => (left -= size) < 0);
  return tooMuch < 0 ? most : Math.max(1, tooMuch);
}

/** The first line of a log whose beginning is gone. */
export function removedNotice(removed: number, { lines, characters }: LogLimits): string {
  const number = (value: number) => value.toLocaleString('en');
  const were = removed === 1 ? '1 older line was' : `${number(removed)} older lines were`;
  return `[${were} removed here: the log of a version keeps its newest ${number(lines)} lines, ${number(characters / 1e6)} MB at most]`;
}
