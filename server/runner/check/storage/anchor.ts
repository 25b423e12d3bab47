import { mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { withFile, withFolder, withRoot } from '../../../files/anchor';
import { failed, ok, reason, type Attempt, type Result } from './attempt';

/** Files are opened from their open folder, never through a link that somebody has put in their place. */
export const anchor: Attempt = {
  id: 'store-anchor',
  what: 'Opening files by their open folders',
  fix: 'Let /proc be mounted in users’ servers: without it, nothing can be copied safely.',
  async tries({ work }) {
    try {
      await readdir('/proc/self/fd');
    } catch (error) {
      return failed(
        `Open folders cannot be reached by /proc/self/fd (${reason(error)}): nothing can be copied.`,
        this.fix
      );
    }
    const folder = path.join(work, 'anchored');
    await mkdir(folder);
    await writeFile(path.join(folder, 'file'), 'own');
    return withRoot(work, root => swapped(root, folder, this.fix));
  }
};

/** Synchronous as the copier is: what is opened is closed before anything else happens. */
function swapped(root: number, folder: string, fix: string): Result {
  const name = path.basename(folder);
  const said = withFolder(root, name, open => {
    // Somebody puts another folder in the place of the one that is open.
    renameSync(folder, `${folder}-away`);
    mkdirSync(folder);
    writeFileSync(path.join(folder, 'file'), 'another');
    return withFile(open, 'file', file => readFileSync(file, 'utf8'));
  });
  if (said !== 'own') {
    return failed('A folder that was put in the place of an open one was read.', fix);
  }
  rmSync(folder, { recursive: true });
  try {
    symlinkSync('/', folder);
  } catch (error) {
    return ok(`Folders that change while they are copied lead nowhere else; there are no links (${reason(error)}).`);
  }
  try {
    withFolder(root, name, () => undefined);
  } catch {
    return ok('Folders and links that change while they are copied lead nowhere else.');
  }
  return failed('A link in the place of a folder was followed.', 'Tell us: O_NOFOLLOW does not work here.');
}
