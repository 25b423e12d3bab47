import { LIMITS } from '../../contract';

/** So many lines, and so many characters of them all. */
export interface LineLimits {
  lines: number;
  characters: number;
}

/** What goes to the service at once. */
export const PER_REPORT: LineLimits = { lines: LIMITS.reportLines, characters: LIMITS.reportCharacters };

/** How many of `texts`, from the first, are within the limits: at least one, however long it is. */
export function within(texts: Iterable<string>, { lines, characters }: LineLimits): number {
  let count = 0;
  let left = characters;
  for (const text of texts) {
    left -= text.length;
    if (count === lines || (count > 0 && left < 0)) {
      break;
    }
    count += 1;
  }
  return count;
}
