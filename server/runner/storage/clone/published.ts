import { readManifest } from '../../../files/read-manifest';
import type { Unpublished } from '../live/unpublished';

/**
 * What of a folder viewers are not to have: a clone holds all that the author's folder did, and its manifest what of that
 * was published.
 *
 * @param manifest - a file, which is read when something is asked for.
 */
export function createPublished(manifest: string): Unpublished {
  let paths: ReadonlySet<string> | null = null;
  return names => {
    paths ??= new Set(readManifest(manifest)?.entries.map(({ path }) => path));
    return names.length > 0 && !paths.has(names.join('/'));
  };
}
