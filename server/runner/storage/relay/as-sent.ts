import { readFileSync } from 'node:fs';
import path from 'node:path';

import type { ManifestEntry, ManifestSummary } from '../../../files/manifest';
import { readManifest } from '../../../files/read-manifest';
import { ProblemError } from '../../../problem-error';
import type { OfferedItem } from '../../../relay/offer';
import { readOffer } from '../../../relay/offer-reader';
import { removeTree } from '../../versions/remove';

const MOST_NAMED = 50;

/** Names in a dashboard's folder of what is kept for the next push. */
export const KEPT = ['replica', 'relay'] as const;

/**
 * Checks that a version of the replica is what was sent: something else may have written there meanwhile.
 *
 * @param dashboard - its folder, absolute. @param sent - hash of what was sent. @param manifest - file of the version.
 * @throws ProblemError `files_keep_changing`; nothing is kept for the next push then
 */
export async function checkAsSent(
  dashboard: string,
  sent: string,
  { hash }: ManifestSummary,
  manifest: string
): Promise<void> {
  if (hash === sent) {
    return;
  }
  const offer = readOffer(readFileSync(path.join(dashboard, 'relay', 'index')));
  const changed = differences(offer.items, readManifest(manifest)?.entries ?? []);
  if (changed.length === 0) {
    return; // Which files are programs is not kept by all file systems.
  }
  for (const name of KEPT) {
    await removeTree(path.join(dashboard, name));
  }
  throw new ProblemError('files_keep_changing', 'Files that were sent have been changed where they arrived.', {
    fix: 'Publish again: what was changed is sent anew. See to it that nothing writes into the folder .dashboards of the dashboard’s server.',
    detail: changed.slice(0, MOST_NAMED).join('\n')
  });
}

/** Paths that are missing, too many, or of another kind, content or target. */
function differences(sent: readonly OfferedItem[], made: readonly ManifestEntry[]): string[] {
  const left = new Map(sent.map(item => [item.path, contentOf(item)]));
  const changed = made.filter(entry => {
    const wanted = left.get(entry.path);
    left.delete(entry.path);
    return wanted !== contentOf(entry);
  });
  return [...changed.map(({ path: at }) => at), ...left.keys()].sort();
}

function contentOf(item: OfferedItem | ManifestEntry): string {
  switch (item.kind) {
    case 'file':
      return `file ${item.size} ${item.sha256}`;
    case 'folder':
      return 'folder';
    case 'link':
      return `link ${item.target}`;
  }
}
