import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { ROOT, STAMPS } from './paths.mjs';

const IGNORED = new Set(['node_modules', '__pycache__', '.pytest_cache']);

/**
 * Hash of the content of files and of all files in folders, given relative to the checkout. What does not exist counts
 * as empty. Tests are left out: they are in no build.
 */
export function fingerprint(...paths) {
  const hash = createHash('sha256');
  for (const path of paths) {
    for (const file of filesIn(path)) {
      hash
        .update(`${file}\0`)
        .update(readFileSync(join(ROOT, file)))
        .update('\0');
    }
  }
  return hash.digest('hex').slice(0, 16);
}

function filesIn(path) {
  const absolute = join(ROOT, path);
  if (!existsSync(absolute)) {
    return [];
  }
  try {
    return readdirSync(absolute, { withFileTypes: true })
      .filter(entry => !IGNORED.has(entry.name) && !/\.(test|spec)\.|^__tests__$|^tests$/.test(entry.name))
      .map(entry => join(path, entry.name))
      .sort()
      .flatMap(filesIn);
  } catch (error) {
    if (error.code === 'ENOTDIR') {
      return [path];
    }
    throw error;
  }
}

/**
 * Does `work` unless it was done before with the same `key` and its results are still there. The stamp is taken away
 * first and written last, so that work that was interrupted is done again.
 *
 * @param {string} name
 * @param {string} key
 * @param {string[]} results files, relative to the checkout
 * @param {() => Promise<void>} work
 * @returns {Promise<boolean>} whether there was anything to do
 */
export async function once(name, key, results, work) {
  const stamp = join(STAMPS, name);
  const stamped = existsSync(stamp) && readFileSync(stamp, 'utf8') === key;
  if (stamped && results.every(result => existsSync(join(ROOT, result)))) {
    return false;
  }
  rmSync(stamp, { force: true });
  await work();
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, key);
  return true;
}
