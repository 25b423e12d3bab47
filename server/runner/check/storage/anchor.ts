import { mkdir, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { openFile, openFolder, openRoot } from '../../versions/anchor';
import { failed, ok, reason, type Attempt } from './attempt';

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
    const root = await openRoot(work);
    try {
      const handle = await openFolder(root, 'anchored');
      try {
        // Somebody puts another folder in the place of the one that is open.
        await rename(folder, `${folder}-away`);
        await mkdir(folder);
        await writeFile(path.join(folder, 'file'), 'another');
        const file = await openFile(handle, 'file');
        const said = await readFile(file, 'utf8').finally(() => file.close());
        if (said !== 'own') {
          return failed('A folder that was put in the place of an open one was read.', this.fix);
        }
      } finally {
        await handle.close();
      }
      await rm(folder, { recursive: true });
      try {
        await symlink('/', folder);
      } catch (error) {
        return ok(
          `Folders that change while they are copied lead nowhere else; there are no links (${reason(error)}).`
        );
      }
      const followed = await openFolder(root, 'anchored').catch(() => null);
      await followed?.close();
      return followed
        ? failed('A link in the place of a folder was followed.', 'Tell us: O_NOFOLLOW does not work here.')
        : ok('Folders and links that change while they are copied lead nowhere else.');
    } finally {
      await root.close();
    }
  }
};
