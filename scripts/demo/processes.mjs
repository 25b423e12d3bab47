import { readFileSync, readdirSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

const POLL_MS = 50;
/** Variables of a shell that only happens to stand in the folder. */
const NOT_TELLING = /^(PWD|OLDPWD|_)=/;

/**
 * Processes whose environment names `folder`: all that were started for the data in it, whatever process group, session
 * or parent they have by now. Linux only; elsewhere there are none.
 *
 * @param {string} folder absolute
 * @returns {number[]}
 */
export function processesOf(folder) {
  return allProcesses().filter(pid => pid !== process.pid && environmentNames(pid, folder));
}

function environmentNames(pid, folder) {
  return read(`/proc/${pid}/environ`)
    .split('\0')
    .some(variable => variable.includes(folder) && !NOT_TELLING.test(variable));
}

/** The words that a process was started with. */
export function argumentsOf(pid) {
  return read(`/proc/${pid}/cmdline`).split('\0');
}

/**
 * A process and all that descend from it.
 *
 * @param {number} root
 * @returns {number[]}
 */
export function familyOf(root) {
  const children = new Map();
  for (const pid of allProcesses()) {
    // The name in parentheses may hold anything; the parent is the second field after it.
    const parent = Number(read(`/proc/${pid}/stat`).split(') ').at(-1).split(' ')[1]);
    children.set(parent, [...(children.get(parent) ?? []), pid]);
  }
  const family = [root];
  for (const pid of family) {
    family.push(...(children.get(pid) ?? []));
  }
  return family;
}

/**
 * Ends processes: asks first, and kills what is left after `patienceMs`.
 *
 * @param {() => number[]} find the processes to end; asked again until there are none
 */
export async function end(find, patienceMs = 3_000) {
  signal(find(), 'SIGTERM');
  const deadline = performance.now() + patienceMs;
  while (find().length > 0 && performance.now() < deadline) {
    await delay(POLL_MS);
  }
  while (find().length > 0) {
    signal(find(), 'SIGKILL');
    await delay(POLL_MS);
  }
}

/** A process that has ended but was not waited for yet does not count. */
export function isRunning(pid) {
  const state = read(`/proc/${pid}/stat`).split(') ').at(-1);
  return state !== '' && !state.startsWith('Z');
}

function signal(pids, name) {
  for (const pid of pids) {
    try {
      process.kill(pid, name);
    } catch (error) {
      if (error.code !== 'ESRCH') {
        throw error;
      }
    }
  }
}

function allProcesses() {
  try {
    return readdirSync('/proc')
      .filter(name => /^\d+$/.test(name))
      .map(Number);
  } catch {
    return [];
  }
}

/** Empty for a process that is gone or belongs to somebody else. */
function read(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
