import { fstatSync, readFileSync } from 'node:fs';

import type { Source } from '../contract';
import { withFile, withFolders, withRoot } from './anchor';
import { entryParts, explainedEntry, missingEntry } from './entry';
import { expandHome } from './home';

/** Enough of a file to tell what it is; notebooks are read whole, they are JSON. */
const MOST = 256 * 2 ** 20;

/**
 * Text of the file that a source starts with, as it is now.
 *
 * @throws ProblemError `file_missing`, `folder_not_readable` or `links_leave_folder`
 */
export function readEntry(source: Pick<Source, 'root' | 'entry'>, home: string): string {
  const parts = entryParts(source.entry);
  const name = parts.pop() ?? '';
  return withRoot(expandHome(source.root, home), root => {
    try {
      return withFolders(root, parts, folder => withFile(folder, name, file => textOf(file, source.entry)));
    } catch (error) {
      throw explainedEntry(source.entry, error);
    }
  });
}

function textOf(file: number, entry: string): string {
  const stat = fstatSync(file);
  if (!stat.isFile()) {
    throw missingEntry(entry);
  }
  return stat.size > MOST ? '' : readFileSync(file, 'utf8');
}
