import { lstatSync, type BigIntStats } from 'node:fs';

/**
 * What is at a path, itself; undefined: nothing that could be looked at, also because a folder on the way is none any
 * longer. For files that spare work if they are as they were left, and otherwise are none of anybody's business.
 */
export function lookAt(file: string): BigIntStats | undefined {
  try {
    return lstatSync(file, { bigint: true });
  } catch {
    return undefined;
  }
}
