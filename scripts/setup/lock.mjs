import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const POLL_MS = 250;

/**
 * Runs `work` while no other process holds the lock file `path`. A lock whose process is gone is taken over.
 *
 * @template T
 * @param {string} path
 * @param {() => Promise<T>} work
 * @param {() => void} [waiting] called once when another process holds the lock
 * @returns {Promise<T>}
 */
export async function locked(path, work, waiting = () => {}) {
  mkdirSync(dirname(path), { recursive: true });
  for (let attempt = 0; !take(path); attempt++) {
    if (attempt === 0) {
      waiting();
    }
    await delay(POLL_MS);
  }
  try {
    return await work();
  } finally {
    rmSync(path, { force: true });
  }
}

function take(path) {
  try {
    writeFileSync(path, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') {
      throw error;
    }
  }
  const holder = lockHolder(path);
  if (holder === null) {
    rmSync(path, { force: true });
  }
  return false;
}

/** The process that holds a lock file, or null if there is none. */
export function lockHolder(path) {
  try {
    const pid = Number(readFileSync(path, 'utf8'));
    // An empty file is a lock that is being taken at this moment.
    return pid === 0 || isAlive(pid) ? pid : null;
  } catch (error) {
    if (error.code === 'ENOENT') {
      return null;
    }
    throw error;
  }
}

export function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}
