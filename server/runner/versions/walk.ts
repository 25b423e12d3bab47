import type { Dirent } from 'node:fs';
import { readdir, type FileHandle } from 'node:fs/promises';

import { ENVIRONMENT_MARK, type Excludes } from '../../files/excludes';
import { inside, linkTarget, openFolder } from './anchor';

/** What the walk found; the folder is open while a visitor looks at one of its entries. */
export interface Visitor {
  folder(path: string, handle: FileHandle): Promise<void>;
  file(path: string, parent: FileHandle, name: string): Promise<void>;
  link(path: string, target: string): Promise<void>;
  /** FIFOs, sockets, devices and names that are not text. */
  skipped(path: string, what: string): void;
}

/**
 * Visits all that is to be published below `root`, folders before their content, names in a fixed order. Every step is
 * taken from an open folder and never through a link.
 */
export async function walk(
  root: FileHandle,
  excludes: Excludes,
  visitor: Visitor,
  signal: AbortSignal,
  at = ''
): Promise<void> {
  // Names as bytes: one that is not UTF-8 has to be told from another that reads the same.
  const listed = await readdir(inside(root, '.'), { withFileTypes: true, encoding: 'buffer' });
  const entries = listed.map(entry => ({ entry, name: entry.name.toString('utf8') }));
  entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const { entry, name } of entries) {
    signal.throwIfAborted();
    const path = at === '' ? name : `${at}/${name}`;
    if (excludes.reason(at, name, entry.isDirectory()) !== null) {
      continue;
    }
    if (!Buffer.from(name, 'utf8').equals(entry.name)) {
      visitor.skipped(path, 'its name is not UTF-8');
    } else if (entry.isDirectory()) {
      await walkFolder(root, name, path, excludes, visitor, signal);
    } else if (entry.isFile()) {
      await visitor.file(path, root, name);
    } else if (entry.isSymbolicLink()) {
      await visitor.link(path, await linkTarget(root, name));
    } else {
      visitor.skipped(path, kindOf(entry));
    }
  }
}

async function walkFolder(
  parent: FileHandle,
  name: string,
  path: string,
  excludes: Excludes,
  visitor: Visitor,
  signal: AbortSignal
): Promise<void> {
  const folder = await openFolder(parent, name);
  try {
    if (await isEnvironment(folder)) {
      return;
    }
    await visitor.folder(path, folder);
    await walk(folder, excludes, visitor, signal, path);
  } finally {
    await folder.close();
  }
}

async function isEnvironment(folder: FileHandle): Promise<boolean> {
  return (await readdir(inside(folder, '.'))).includes(ENVIRONMENT_MARK);
}

function kindOf(entry: Dirent<Buffer>): string {
  if (entry.isFIFO()) {
    return 'it is a named pipe';
  }
  return entry.isSocket() ? 'it is a socket' : 'it is a device';
}
