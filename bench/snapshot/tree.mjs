import { createHash } from 'node:crypto';
import { closeSync, mkdirSync, openSync, readdirSync, rmSync, utimesSync, writeSync } from 'node:fs';
import { join } from 'node:path';

import { createRandom } from '../random.mjs';

/** A project as large as they get: many files, and one that most of its bytes are not in but that weighs. */
export const TREE = { files: 20_000, bytes: 1e9, large: 150e6 };
const FOLDERS = 400;
const LARGE = 'model.bin';
const CHANGED = { edited: 150, added: 30, removed: 20 };
const BLOCK = 1 << 16;

/**
 * A tree of files whose sizes vary as those of projects do, the same for each run.
 *
 * @param {string} root
 */
export function createTree(root, { files, bytes, large } = TREE) {
  const random = randomly('tree');
  const small = files - 1;
  const weights = Array.from({ length: small }, () => 0.2 + random() ** 4 * 8);
  const unit = (bytes - large) / weights.reduce((sum, one) => sum + one, 0);
  for (let n = 0; n < small; n++) {
    const folder = join(root, `part-${n % 20}`, `set-${n % FOLDERS}`);
    mkdirSync(folder, { recursive: true });
    write(join(folder, `file-${n}.csv`), Math.round(weights[n] * unit), random);
  }
  write(join(root, LARGE), large, random);
  const long = Date.UTC(2026, 0, 1) / 1_000;
  for (const entry of readdirSync(root, { recursive: true, withFileTypes: true })) {
    utimesSync(join(entry.parentPath, entry.name), long, long + 0.123);
  }
}

/** One file in a hundred: most are edited, some added or removed. */
export function changeTree(root, round) {
  const random = randomly(`change ${round}`);
  const files = readdirSync(root, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile() && entry.name !== LARGE && !entry.name.startsWith('model'))
    .map(entry => join(entry.parentPath, entry.name))
    .sort();
  const pick = () => files.splice(Math.floor(random() * files.length), 1)[0];
  for (let n = 0; n < CHANGED.edited; n++) {
    write(pick(), 20_000 + Math.floor(random() * 20_000), random);
  }
  for (let n = 0; n < CHANGED.removed; n++) {
    rmSync(pick());
  }
  for (let n = 0; n < CHANGED.added; n++) {
    write(join(root, 'part-0', `added-${round}-${n}.csv`), 30_000, random);
  }
}

/** Content that nothing compresses, at the speed of copying: pieces of one random block. */
function write(file, size, random) {
  const descriptor = openSync(file, 'w');
  for (let left = size; left > 0; left -= BLOCK) {
    const start = Math.floor(random() * BLOCK);
    writeSync(descriptor, NOISE, start, Math.min(left, BLOCK));
  }
  closeSync(descriptor);
}

const NOISE = Buffer.concat(
  Array.from({ length: (2 * BLOCK) / 32 }, (_, n) => createHash('sha256').update(String(n)).digest())
);

/** Numbers from 0 to 1, the same for each seed. */
function randomly(seed) {
  return createRandom(createHash('sha256').update(seed).digest().readUInt32LE()).next;
}
