import { chmod, open, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { ok, reason, warning, type Attempt } from './attempt';

/** Apps run as the user whose versions they are: files that nobody may write to are not changed by accident. */
export const sealed: Attempt = {
  id: 'store-sealed',
  what: 'A file that nobody may write to',
  fix: 'Give homes a file system that keeps the modes of files.',
  async tries({ made }) {
    const file = path.join(made, 'sealed');
    await writeFile(file, 'x');
    await chmod(file, 0o444);
    const uid = process.getuid?.() ?? -1;
    try {
      await (await open(file, 'r+')).close();
    } catch (error) {
      return ok(`Files of versions cannot be opened for writing by apps, uid ${uid} (${reason(error)}).`);
    }
    if (uid === 0) {
      return warning(
        'Servers run as root, whom nothing keeps from writing: an app can change the files of its version.',
        'Let users’ servers run as users; for KubeSpawner:\nc.KubeSpawner.uid = 1000'
      );
    }
    const mode = ((await stat(file)).mode & 0o777).toString(8);
    return warning(`An app can change the files of its version: mode 444 became ${mode}.`, this.fix);
  }
};
