import { accessSync, constants } from 'node:fs';
import path from 'node:path';

/** Git's program, by the absolute folders of PATH alone: a relative one would be looked up in the author's files. */
export function findGit(folders: string | undefined): string | null {
  for (const folder of (folders ?? '').split(path.delimiter).filter(path.isAbsolute)) {
    const program = path.join(folder, 'git');
    try {
      accessSync(program, constants.X_OK);
      return program;
    } catch {
      // The next one.
    }
  }
  return null;
}
