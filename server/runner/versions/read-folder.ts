import { readdir, readFile, type FileHandle } from 'node:fs/promises';

import { canStartFolder, type SourceFile } from '../../frameworks';
import { systemCode } from '../problem-error';
import { openFile, openRoot } from './anchor';

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
export async function readFolder(folder: string): Promise<SourceFile[]> {
  const root = await openRoot(folder);
  try {
    const names = (await readdir(`/proc/self/fd/${root.fd}`)).filter(canStartFolder).sort().slice(0, MOST_FILES);
    const files = await Promise.all(names.map(name => readSource(root, name)));
    return files.filter(file => file !== null);
  } finally {
    await root.close();
  }
}

async function readSource(root: FileHandle, name: string): Promise<SourceFile | null> {
  let file: FileHandle;
  try {
    file = await openFile(root, name);
  } catch (error) {
    if (['ENOENT', 'ELOOP', 'EACCES', 'ENXIO'].includes(systemCode(error) ?? '')) {
      return null;
    }
    throw error;
  }
  try {
    const stat = await file.stat();
    if (!stat.isFile() || stat.size > MOST_BYTES) {
      return null;
    }
    return { path: name, text: /\.html?$/i.test(name) ? '' : await readFile(file, 'utf8') };
  } finally {
    await file.close();
  }
}
