import { open, realpath, symlink } from 'node:fs/promises';
import path from 'node:path';

import type { Selection } from '../../../contract';
import { entryParts, missingEntry } from '../../../files/entry';
import { manifestLines, NO_FILES, type ManifestSummary } from '../../../files/manifest';
import { FOLDER } from '../../../frameworks';
import { makeVersion } from '../../versions/make-version';
import type { Places } from '../../../files/places';

/**
 * Makes a version that is the author's folder itself: its `files` is a link there.
 *
 * @throws ProblemError `file_missing`
 */
export async function serveInPlace(places: Places, version: number, source: Selection): Promise<ManifestSummary> {
  const root = await realpath(source.root);
  if (source.entry !== FOLDER) {
    await checkEntry(root, source.entry);
  }
  const summary: ManifestSummary = { format: 2, version, startedAt: Date.now(), hash: NO_FILES, files: 0, bytes: 0 };
  return makeVersion(places, version, async temporary => {
    await symlink(root, path.join(temporary, 'files'));
    const manifest = await open(path.join(temporary, 'manifest.jsonl'), 'wx', 0o600);
    try {
      await manifest.writeFile([...manifestLines({ summary, entries: [] })].join(''));
      await manifest.sync();
    } finally {
      await manifest.close();
    }
    return summary;
  });
}

async function checkEntry(root: string, entry: string): Promise<void> {
  const file = await realpath(path.join(root, ...entryParts(entry))).catch(() => null);
  if (file === null || !file.startsWith(root + path.sep)) {
    throw missingEntry(entry);
  }
}
