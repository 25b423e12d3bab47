import { realpathSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';

/** Name of the folder in the author's home that holds all versions; never published itself. */
export const STORE = '.dashboards';

/** `~` and `~/x` as the author means them. */
export function expandHome(folder: string, home: string = homedir()): string {
  return folder === '~' || folder.startsWith('~/') ? path.join(home, folder.slice(1)) : folder;
}

/**
 * Where the home folder is in this absolute folder, by whatever names: empty if it is that itself; null if it is not there.
 */
export function homeIn(folder: string, home: string): string | null {
  const way = path.relative(resolved(folder), resolved(home));
  return way === '..' || way.startsWith('../') ? null : way;
}

function resolved(folder: string): string {
  try {
    return realpathSync(folder);
  } catch {
    return path.resolve(folder);
  }
}
