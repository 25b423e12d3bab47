import { closeSync, constants, mkdirSync, openSync, writeFileSync } from 'node:fs';

import { inside, openFolder } from '../../files/anchor';

const NAME = 'folder-'.padEnd(200, 'x');
const LEVELS = 21;

/** Puts a file as far below a folder as no path leads at once: longer ones than 4,095 bytes are refused by the system. */
export function deepFile(root: string, name: string): void {
  let folder = openSync(root, constants.O_RDONLY | constants.O_DIRECTORY);
  for (let level = 0; level < LEVELS; level++) {
    mkdirSync(inside(folder, NAME));
    const next = openFolder(folder, NAME);
    closeSync(folder);
    folder = next;
  }
  writeFileSync(inside(folder, name), name);
  closeSync(folder);
}
