import { readFile, type FileHandle } from 'node:fs/promises';

import type { Selection } from '../../contract';
import { openFile, openFolder, openRoot } from './anchor';
import { entryParts, explainedEntry, missingEntry } from './collect';
import { expandHome } from './places';

/** Enough of a file to tell what it is; notebooks are read whole, they are JSON. */
const MOST = 256 * 2 ** 20;

/**
 * Text of the file that a source starts with, as it is now.
 *
 * @throws ProblemError `file_missing`, `folder_not_readable` or `links_leave_folder`
 */
export async function readEntry(source: Selection, home: string): Promise<string> {
  const parts = entryParts(source.entry);
  const name = parts.pop() ?? '';
  let folder: FileHandle = await openRoot(expandHome(source.root, home));
  try {
    for (const part of parts) {
      const parent: FileHandle = folder;
      folder = await openFolder(parent, part);
      await parent.close();
    }
    const file = await openFile(folder, name);
    try {
      const stat = await file.stat();
      if (!stat.isFile()) {
        throw missingEntry(source.entry);
      }
      return stat.size > MOST ? '' : await readFile(file, 'utf8');
    } finally {
      await file.close();
    }
  } catch (error) {
    throw explainedEntry(source.entry, error);
  } finally {
    await folder.close();
  }
}
