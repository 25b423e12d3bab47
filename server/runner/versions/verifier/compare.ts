import { closeSync, constants, lstatSync, openSync, readdirSync, readlinkSync } from 'node:fs';
import path from 'node:path';

import { hashBytes } from '../../../files/chunks';
import { NO_FILES, type Manifest, type ManifestEntry } from '../../../files/manifest';
import { isKept } from '../../../files/times';
import { systemCode } from '../../../problem-error';
import { isExecutable } from '../copier/copy-file';
import type { Differences, Reading } from './order';

/** How the files below `root` differ from what the manifest says. */
export function compare(root: string, { summary, entries }: Manifest, read: Reading): Differences {
  if (summary.hash === NO_FILES) {
    return { missing: [], changed: [], extra: [] };
  }
  const extra = new Set(pathsBelow(root, ''));
  const [missing, changed]: [string[], string[]] = [[], []];
  for (const entry of entries) {
    if (!extra.delete(entry.path)) {
      missing.push(entry.path);
    } else if (!isAsPublished(path.join(root, entry.path), entry, read)) {
      changed.push(entry.path);
    }
  }
  return { missing: missing.sort(), changed: changed.sort(), extra: [...extra].sort() };
}

/** Of what is no folder any longer, or may not be looked into. */
const CLOSED = ['ENOENT', 'ENOTDIR', 'EACCES'];
/** Of what is no file any longer, or may not be read. */
const UNREADABLE = ['ENOENT', 'ELOOP', 'EACCES', 'ENXIO'];

/** Links are listed, never followed. */
function pathsBelow(root: string, at: string): string[] {
  try {
    return readdirSync(path.join(root, at), { withFileTypes: true }).flatMap(entry => {
      const name = path.join(at, entry.name);
      return entry.isDirectory() ? [name, ...pathsBelow(root, name)] : [name];
    });
  } catch (error) {
    if (CLOSED.includes(systemCode(error) ?? '')) {
      return [];
    }
    throw error;
  }
}

function isAsPublished(file: string, entry: ManifestEntry, read: Reading): boolean {
  const stat = lstatSync(file, { bigint: true });
  switch (entry.kind) {
    case 'folder':
      return stat.isDirectory();
    case 'link':
      return stat.isSymbolicLink() && readlinkSync(file) === entry.target;
    case 'file':
      return (
        stat.isFile() &&
        stat.size === BigInt(entry.size) &&
        isExecutable(stat) === entry.executable &&
        ((read === 'suspicious' && isKept(stat.mtimeNs, BigInt(entry.mtime))) ||
          sha256Of(file, entry.size) === entry.sha256)
      );
  }
}

/** Null: it cannot be read. Nothing outside of the version is, whatever has taken the file's place meanwhile. */
function sha256Of(file: string, size: number): string | null {
  let descriptor: number;
  try {
    descriptor = openSync(file, constants.O_RDONLY | constants.O_NOFOLLOW);
  } catch (error) {
    if (UNREADABLE.includes(systemCode(error) ?? '')) {
      return null;
    }
    throw error;
  }
  try {
    return hashBytes(descriptor, size);
  } finally {
    closeSync(descriptor);
  }
}
