import path from 'node:path';

import { readManifest, type FileEntry } from '../../files/manifest';
import type { Earlier } from './copy-file';
import type { Places } from './places';
import { versionsOnDisk } from './remove';

/** Finds a file in the newest version that is on the disk besides `version`. */
export async function earlierFiles(places: Places, version: number): Promise<(path: string) => Earlier | null> {
  const newest = (await versionsOnDisk(places)).filter(n => n !== version).at(-1);
  const manifest = newest === undefined ? null : await readManifest(places.manifest(newest));
  if (newest === undefined || !manifest) {
    return () => null;
  }
  const entries = new Map<string, FileEntry>();
  for (const entry of manifest.entries) {
    if (entry.kind === 'file') {
      entries.set(entry.path, entry);
    }
  }
  return at => {
    const entry = entries.get(at);
    return entry ? { entry, file: path.join(places.files(newest), at), startedAt: manifest.startedAt } : null;
  };
}
