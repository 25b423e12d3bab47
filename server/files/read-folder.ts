import { fstatSync, readdirSync, readFileSync } from 'node:fs';

import { canStartFolder, type SourceFile } from '../frameworks';
import { systemCode } from '../problem-error';
import { inside, withFile, withRoot } from './anchor';

/** Files above this size are data; notebooks with many pictures are below it. */
const MOST_BYTES = 64 * 2 ** 20;
/** More files than that in one folder are no dashboard's; the first by name are looked at. */
const MOST_FILES = 500;

/**
 * The files directly in a folder that it could be started with. Web pages come without their text. Links are not
 * followed.
 *
 * @param folder - absolute.
 * @throws ProblemError `file_missing` or `folder_not_readable`
 */
export function readFolder(folder: string): SourceFile[] {
  return withRoot(folder, root => {
    const names = readdirSync(inside(root, '.')).filter(canStartFolder).sort().slice(0, MOST_FILES);
    return names.map(name => readSource(root, name)).filter(file => file !== null);
  });
}

function readSource(root: number, name: string): SourceFile | null {
  try {
    return withFile(root, name, file => {
      const stat = fstatSync(file);
      if (!stat.isFile() || stat.size > MOST_BYTES) {
        return null;
      }
      return { path: name, text: /\.html?$/i.test(name) ? '' : readFileSync(file, 'utf8') };
    });
  } catch (error) {
    if (['ENOENT', 'ELOOP', 'EACCES', 'ENXIO'].includes(systemCode(error) ?? '')) {
      return null;
    }
    throw error;
  }
}
