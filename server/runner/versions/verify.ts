import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { lstat, open, readdir, readlink } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';

import type { ManifestEntry } from '../../files/manifest';
import { readManifest } from '../../files/read-manifest';
import { ProblemError, systemCode } from '../../problem-error';
import type { Places } from '../../files/places';

/** How the files of a version differ from what was published: paths, in order. */
export interface Differences {
  missing: string[];
  changed: string[];
  extra: string[];
}

/**
 * Reads all files of a version again and compares them with its manifest: contents, kinds, whether they are programs, and
 * where links lead. Times do not count.
 *
 * @throws ProblemError `file_missing` where there is no manifest, or the signal's reason
 */
export async function verifyVersion(places: Places, n: number, signal: AbortSignal): Promise<Differences> {
  const manifest = readManifest(places.manifest(n));
  if (!manifest) {
    throw new ProblemError('file_missing', `The files of version ${n} are no longer there.`, {
      fix: 'Publish the dashboard again.'
    });
  }
  const root = places.files(n);
  const extra = new Set(await pathsBelow(root));
  const [missing, changed]: [string[], string[]] = [[], []];
  for (const entry of manifest.entries) {
    signal.throwIfAborted();
    if (!extra.delete(entry.path)) {
      missing.push(entry.path);
    } else if (!(await isAsPublished(path.join(root, entry.path), entry, signal))) {
      changed.push(entry.path);
    }
  }
  return { missing: missing.sort(), changed: changed.sort(), extra: [...extra].sort() };
}

async function pathsBelow(root: string): Promise<string[]> {
  try {
    return await readdir(root, { recursive: true });
  } catch (error) {
    if (systemCode(error) === 'ENOENT') {
      return [];
    }
    throw error;
  }
}

async function isAsPublished(file: string, entry: ManifestEntry, signal: AbortSignal): Promise<boolean> {
  const stat = await lstat(file);
  switch (entry.kind) {
    case 'folder':
      return stat.isDirectory();
    case 'link':
      return stat.isSymbolicLink() && (await readlink(file)) === entry.target;
    case 'file':
      return (
        stat.isFile() &&
        stat.size === entry.size &&
        ((stat.mode & 0o111) !== 0) === entry.executable &&
        (await sha256Of(file, signal)) === entry.sha256
      );
  }
}

async function sha256Of(file: string, signal: AbortSignal): Promise<string> {
  const handle = await open(file, constants.O_RDONLY | constants.O_NOFOLLOW);
  const hash = createHash('sha256');
  await pipeline(handle.createReadStream(), hash, { signal });
  return hash.digest('hex');
}
