import { lstatSync, readdirSync, readlinkSync, unlinkSync } from 'node:fs';
import path from 'node:path';

import { hashFile } from '../../../files/chunks';
import { systemCode } from '../../../problem-error';
import type { OfferedItem } from '../../../relay/offer';

/**
 * Everything below a folder of sealed files, folders before what is in them. What is not sealed was never finished, and
 * is removed.
 *
 * @param at - folder below the root, empty for the root itself.
 */
export function* readTree(root: string, at: string): Generator<OfferedItem> {
  let names: string[];
  try {
    names = readdirSync(path.join(root, at)).sort();
  } catch (error) {
    if (systemCode(error) === 'ENOENT') {
      return;
    }
    throw error;
  }
  for (const name of names) {
    const below = at === '' ? name : `${at}/${name}`;
    const target = path.join(root, below);
    const stat = lstatSync(target, { bigint: true });
    if (stat.isDirectory()) {
      yield { kind: 'folder', path: below, mtime: String(stat.mtimeNs) };
      yield* readTree(root, below);
    } else if (stat.isSymbolicLink()) {
      yield { kind: 'link', path: below, target: readlinkSync(target) };
    } else if (stat.isFile() && (stat.mode & 0o222n) === 0n) {
      const executable = (stat.mode & 0o111n) !== 0n;
      const size = Number(stat.size);
      yield {
        kind: 'file',
        path: below,
        size,
        mtime: String(stat.mtimeNs),
        executable,
        sha256: hashFile(target, size)
      };
    } else {
      unlinkSync(target);
    }
  }
}
