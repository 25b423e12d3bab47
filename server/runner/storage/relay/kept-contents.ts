import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

import { lookAt } from '../../../files/look-at';
import type { ManifestEntry } from '../../../files/manifest';
import { entryOfLine } from '../../../files/read-manifest';
import { systemCode } from '../../../problem-error';
import { isIntactFile } from './intact';
import type { Holding } from './sealed-file';

const HASH_BEGINS = '"sha256":"';
const HASH_LENGTH = 64;

interface Kept extends Holding {
  size: number;
}

/**
 * Contents that earlier versions have and the replica has not: what is published again after it was changed, or removed, is
 * not sent again. Of manifests, which are long, only the lines of such contents are read as what they are.
 */
export class KeptContents {
  readonly #byHash = new Map<string, Kept>();

  /**
   * @param dashboard - its folder, absolute.
   * @param elsewhere - hashes of contents that are not looked for.
   */
  constructor(dashboard: string, elsewhere: ReadonlySet<string>) {
    const versions = path.join(dashboard, 'versions');
    for (const n of newestFirst(versions)) {
      const version = path.join(versions, String(n));
      this.#read(path.join(version, 'manifest.jsonl'), path.join(version, 'files'), elsewhere);
    }
  }

  /** The newest version's file with this content, if that is still what it was; else the content is not kept. */
  get(sha256: string, size: number): Holding | null {
    const kept = this.#byHash.get(sha256);
    const stat = kept?.size === size ? lookAt(kept.file) : undefined;
    return kept && stat && isIntactFile(stat, kept) ? kept : null;
  }

  #read(manifest: string, files: string, elsewhere: ReadonlySet<string>): void {
    try {
      // One character a byte: what is looked for is ASCII, and in a name there would be backslashes before its quotes.
      const text = readFileSync(manifest, 'latin1');
      for (let at = text.indexOf(HASH_BEGINS); at >= 0; at = text.indexOf(HASH_BEGINS, at)) {
        const begins = at + HASH_BEGINS.length;
        at = begins + HASH_LENGTH;
        const sha256 = text.slice(begins, at);
        if (!elsewhere.has(sha256) && !this.#byHash.has(sha256)) {
          const line = text.slice(text.lastIndexOf('\n', begins) + 1, text.indexOf('\n', at));
          this.#keep(entryOfLine(Buffer.from(line, 'latin1').toString('utf8')), files);
        }
      }
    } catch {
      // There is none, or it is damaged from here on: what it would tell is sent again.
    }
  }

  #keep(entry: ManifestEntry | null, files: string): void {
    if (entry?.kind === 'file') {
      const { size, mtime, executable } = entry;
      this.#byHash.set(entry.sha256, { file: path.join(files, entry.path), size, mtime, executable });
    }
  }
}

function newestFirst(versions: string): number[] {
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
