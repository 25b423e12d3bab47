import { readdir, realpath, stat } from 'node:fs/promises';
import path from 'node:path';

import { expandHome } from '../../../files/home';
import { ok, reason, warning, type Attempt } from './attempt';

/** Each of the folders that may be published from (`publishable_paths`). */
export const publishable = (folders: readonly string[] | undefined): Attempt => ({
  id: 'publishable-paths',
  what: 'The folders to publish from',
  fix: 'Make the folders, also in each home, or correct the list and restart the Hub:\nconfigure(c, publishable_paths=["projects", "/srv/shared"], …)',
  async tries({ home, store }) {
    if (!folders) {
      return ok('Authors may publish from every folder that they can read (publishable_paths is not set).');
    }
    const own = (await stat(store)).dev;
    const good: string[] = [];
    const bad: string[] = [];
    for (const folder of folders) {
      try {
        const found = await realpath(path.resolve(home, expandHome(folder, home)));
        await readdir(found);
        good.push(`${folder}${(await stat(found)).dev === own ? '' : ' (another device)'}`);
      } catch (error) {
        bad.push(`${folder} (${reason(error)})`);
      }
    }
    if (bad.length > 0) {
      return warning(`Cannot be read where dashboards run: ${bad.join(', ')}.`, this.fix);
    }
    return ok(`Can be published from: ${good.join(', ')}.`);
  }
});
