import { lstatSync, readdirSync } from 'node:fs';
import path from 'node:path';

import { readManifest } from '../../../files/read-manifest';
import { systemCode } from '../../../problem-error';
import { isIntactFile } from './intact';
import type { Holding } from './sealed-file';

/**
 * Files of earlier versions that have a wanted content, the newest versions first.
 *
 * @param dashboard - folder of the dashboard, absolute.
 * @param wanted - sizes by hash. Once all are found, no further version is looked at.
 */
export function versionsHoldings(dashboard: string, wanted: ReadonlyMap<string, number>): Map<string, Holding> {
  const found = new Map<string, Holding>();
  const versions = path.join(dashboard, 'versions');
  for (const n of numbersIn(versions)) {
    if (found.size === wanted.size) {
      break;
    }
    const version = path.join(versions, String(n));
    for (const entry of readManifest(path.join(version, 'manifest.jsonl'))?.entries ?? []) {
      if (entry.kind === 'file' && wanted.get(entry.sha256) === entry.size && !found.has(entry.sha256)) {
        const file = path.join(version, 'files', entry.path);
        const stat = lstatSync(file, { bigint: true, throwIfNoEntry: false });
        if (stat && isIntactFile(stat, entry)) {
          found.set(entry.sha256, { file, mtime: entry.mtime, executable: entry.executable });
        }
      }
    }
  }
  return found;
}

function numbersIn(versions: string): number[] {
  try {
    return readdirSync(versions)
      .filter(name => /^[1-9]\d*$/.test(name))
      .map(Number)
      .sort((a, b) => b - a);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') {
      return [];
    }
    throw error;
  }
}
