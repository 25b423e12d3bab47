import { realpathSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';

/** Name of the folder in the author's home that holds all versions; never published itself. */
export const STORE = '.dashboards';

/** `~` and `~/x` as the author means them. */
export function expandHome(folder: string, home: string = homedir()): string {
  return folder === '~' || folder.startsWith('~/') ? path.join(home, folder.slice(1)) : folder;
}

/** Whether this absolute folder is the home folder, by whatever name. */
export function isHome(folder: string, home: string): boolean {
  return resolved(folder) === resolved(home);
}

function resolved(folder: string): string {
  try {
    return realpathSync(folder);
  } catch {
    return path.resolve(folder);
  }
}
