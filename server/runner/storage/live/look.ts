import { createHash } from 'node:crypto';
import { lstatSync } from 'node:fs';

import { inside, withRoot } from '../../../files/anchor';
import { readExcludes } from '../../../files/excludes';
import { homeIn } from '../../../files/home';
import { walk } from '../../../files/walk';

/**
 * What a folder's files look like: differs when any of them has been changed, replaced, added or removed. What is never
 * published counts as little as it does in a copy.
 *
 * @param folder - absolute.
 * @throws ProblemError `file_missing` or `folder_not_readable`; what the file system says of what is in it
 */
export function look(folder: string, home: string): string {
  const hash = createHash('sha1');
  withRoot(folder, root => {
    walk(root, readExcludes(root, homeIn(folder, home)), {
      folder: at => void hash.update(`folder ${JSON.stringify(at)}\n`),
      file(at, parent, name) {
        const { ino, size, mtimeNs, ctimeNs } = lstatSync(inside(parent, name), { bigint: true });
        hash.update(`file ${JSON.stringify(at)} ${ino} ${size} ${mtimeNs} ${ctimeNs}\n`);
      },
      link: (at, target) => void hash.update(`link ${JSON.stringify([at, target])}\n`),
      skipped: () => undefined,
      excluded: () => undefined,
      // As little as the app can: that of a database, say, which runs as somebody else.
      closed: at => void hash.update(`closed ${JSON.stringify(at)}\n`)
    });
  });
  return hash.digest('hex');
}
