import { mkdir, open, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { flush as flushAll } from '../../../files/flush';
import { failed, ok, warning, type Attempt } from './attempt';

const SLOW_MS = 1_000;

/** A version is written under another name, put on the disk and renamed. */
export const flush: Attempt = {
  id: 'store-flush',
  what: 'A folder',
  fix: 'Give homes a file system on which fsync of files and folders works; a mount option may forbid it.',
  async tries({ made }) {
    const [temporary, final] = [path.join(made, '.tmp-1'), path.join(made, 'renamed')];
    const begin = performance.now();
    await mkdir(temporary);
    const file = path.join(temporary, 'file');
    await writeFile(file, 'whole');
    flushAll(temporary, [file, temporary]);
    // One that is kept open must not be in the way: NFS and Windows shares know files that are busy.
    const kept = await open(file, 'r');
    try {
      await rename(temporary, final);
      flushAll(made, [made]);
    } finally {
      await kept.close();
    }
    const ms = Math.ceil(performance.now() - begin);
    if ((await readFile(path.join(final, 'file'), 'utf8')) !== 'whole') {
      return failed('A folder that was flushed and renamed does not hold what was written into it.', this.fix);
    }
    if (ms > SLOW_MS) {
      return warning(
        `A version is put on the disk whole or not at all; that takes ${ms} ms for one file.`,
        'Look whether the storage is overloaded: each publish waits for it.'
      );
    }
    return ok(`A version is put on the disk whole or not at all: fsync and rename take ${ms} ms.`);
  }
};
