import { lstatSync } from 'node:fs';
import path from 'node:path';

import { withRoot } from '../../../files/anchor';
import { ENVIRONMENT_MARK, IGNORE_FILE, readExcludes, type Excludes } from '../../../files/excludes';
import { homeIn } from '../../../files/home';

/** Whether a path below a folder, file or folder, is none of what is published. */
export type Unpublished = (names: readonly string[], folder: boolean) => boolean;

/**
 * What of a folder viewers are not to have although it is served where its author works on it: the same that a copy would
 * not hold, by the rules as they are at the moment of each call.
 *
 * @param folder - absolute, without links in it.
 * @param home - the author's home folder, absolute.
 */
export function createUnpublished(folder: string, home: string): Unpublished {
  let known: { state: string; excludes: Excludes } | null = null;

  function excludes(): Excludes {
    const stat = lstatSync(path.join(folder, IGNORE_FILE), { bigint: true, throwIfNoEntry: false });
    const state = stat ? [stat.ino, stat.size, stat.mtimeNs, stat.ctimeNs].join() : '';
    if (known?.state !== state) {
      known = { state, excludes: withRoot(folder, root => readExcludes(root, homeIn(folder, home))) };
    }
    return known.excludes;
  }

  return (names, isFolder) => {
    const rules = excludes();
    return names.some((name, depth) => {
      const inFolder = depth < names.length - 1 || isFolder;
      const at = names.slice(0, depth);
      return (
        rules.reason(at.join('/'), name, inFolder) !== null ||
        (inFolder && isThere(path.join(folder, ...at, name, ENVIRONMENT_MARK)))
      );
    });
  };
}

function isThere(file: string): boolean {
  return lstatSync(file, { throwIfNoEntry: false }) !== undefined;
}
