import { constants } from 'node:fs';
import { open, readlink, type FileHandle } from 'node:fs/promises';
import path from 'node:path';

import { systemCode } from '../../problem-error';
import type { Unpublished } from '../storage/live/unpublished';

/** Reads, never waits for the other end of a FIFO. */
const FLAGS = constants.O_RDONLY | constants.O_NONBLOCK;

const MISSING = new Set(['ENOENT', 'ENOTDIR', 'ELOOP', 'EACCES', 'EPERM', 'ENAMETOOLONG', 'ENXIO', 'EINVAL']);

/** What a path below the folder leads to. */
export type Found = { kind: 'file'; file: FileHandle; name: string } | { kind: 'folder' } | null;

/**
 * The names of a URL path below the prefix; null for a path that no page of the folder has: hidden files, `..` and
 * slashes in disguise among them.
 *
 * @param rest - still encoded, without the query.
 */
export function pathNames(rest: string): string[] | null {
  const names: string[] = [];
  for (const segment of rest.split('/')) {
    let name: string;
    try {
      name = decodeURIComponent(segment);
    } catch {
      return null;
    }
    if (name.startsWith('.') || /[/\\\0]/.test(name)) {
      return null;
    }
    names.push(name);
  }
  // The last one is empty where the path ends with a slash.
  return names.some((name, i) => name === '' && i < names.length - 1) ? null : names;
}

/**
 * Opens a file of a folder. Links count only as far as they stay inside: that is judged by what has been opened, so that
 * nobody can swap it meanwhile. The caller closes it.
 *
 * @param folder - absolute, without links in it.
 * @param isShut - what is not to be had, by whatever name: neither what is asked for nor what a link leads to.
 */
export async function findFile(folder: string, names: readonly string[], isShut: Unpublished): Promise<Found> {
  const wanted = path.join(folder, ...names);
  let file: FileHandle;
  try {
    file = await open(wanted, FLAGS);
  } catch (error) {
    if (MISSING.has(systemCode(error) ?? '')) {
      return null;
    }
    throw error;
  }
  try {
    const real = await readlink(`/proc/self/fd/${file.fd}`);
    const stat = await file.stat();
    const inside = real === folder || real.startsWith(folder + path.sep);
    const below = path.relative(folder, real).split(path.sep).filter(Boolean);
    const hidden = below.some(name => name.startsWith('.'));
    if (inside && (hidden || [names, below].some(one => isShut(one, stat.isDirectory())))) {
      await file.close();
      return null;
    }
    if (inside && stat.isFile()) {
      return { kind: 'file', file, name: wanted };
    }
    await file.close();
    return inside && stat.isDirectory() ? { kind: 'folder' } : null;
  } catch (error) {
    await file.close();
    throw error;
  }
}
