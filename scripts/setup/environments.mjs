import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { execute, run } from './command.mjs';
import { installer } from './installer.mjs';
import { locked } from './lock.mjs';
import { CACHE, ENVIRONMENTS, REQUIREMENTS } from './paths.mjs';
import { step } from './progress.mjs';

const OFFLINE =
  'Check that this machine reaches the Python package index (pip download six), then run the same command again.';

/**
 * The Python environment `name` of this checkout, with exactly the packages of `requirements/<name>.txt`.
 *
 * A finished environment is kept in the user's cache under the hash of its lock; a checkout takes a copy of hard links,
 * which costs a second, and installs the wheel that it has built into that copy. The cached one is never changed.
 *
 * @param {'hub' | 'user' | 'test' | 'hub5' | 'kubernetes'} name
 * @param {string} title
 * @param {{ program: string, version: string }} python
 * @returns {Promise<string>} the environment's folder
 */
export async function environment(name, title, python) {
  const lock = join(REQUIREMENTS, `${name}.txt`);
  const key = createHash('sha256').update(`${python.version}\0`).update(readFileSync(lock)).digest('hex').slice(0, 16);
  const target = join(ENVIRONMENTS, name);
  const stamp = join(target, '.requirements');
  await step(`Python environment ${title}`, async () => {
    if (existsSync(stamp) && readFileSync(stamp, 'utf8') === key) {
      return false;
    }
    rmSync(target, { recursive: true, force: true });
    mkdirSync(dirname(target), { recursive: true });
    const { uv, fast } = await installer(python);
    if (fast) {
      await copy(await cached(name, key, lock, uv, python), target);
    } else {
      await make(target, lock, uv, python, name);
    }
    writeFileSync(stamp, key);
    return fast ? undefined : 'without uv';
  });
  return target;
}

async function cached(name, key, lock, uv, python) {
  const base = join(CACHE, 'venvs', `${name}-${key}`);
  const finished = join(base, '.finished');
  if (!existsSync(finished)) {
    await locked(`${base}.lock`, async () => {
      if (!existsSync(finished)) {
        rmSync(base, { recursive: true, force: true });
        await make(base, lock, uv, python, name);
        writeFileSync(finished, '');
      }
    });
  }
  return base;
}

async function make(folder, lock, { create, install }, python, name) {
  const log = `venv-${name}`;
  await run(create(folder, python), { log, what: `Making the Python environment ${folder}` });
  await run(install(folder, ['-r', lock]), { log, what: `Installing the packages of ${lock}`, fix: OFFLINE });
}

async function copy(base, target) {
  const partial = `${target}.partial`;
  rmSync(partial, { recursive: true, force: true });
  // Hard links where cache and checkout are on one file system, real copies where they are not.
  const linked = await execute(['cp', '-al', base, partial], { log: 'venv-copy' });
  if (linked.code !== 0) {
    rmSync(partial, { recursive: true, force: true });
    await run(['cp', '-a', base, partial], {
      log: 'venv-copy',
      what: `Copying ${base}`,
      fix: 'Is the disk full (df -h .)?'
    });
  }
  await run(['mv', partial, target], { log: 'venv-copy', what: `Moving ${partial}` });
}
