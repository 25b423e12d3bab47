import childProcess from 'node:child_process';
import fs from 'node:fs';
import { getEnvironmentData, isMainThread, setEnvironmentData } from 'node:worker_threads';

/**
 * Loaded before a program and before each of its threads (`node --require`): counts what they do to files and the processes
 * they start, and kills the process (SIGKILL) right before the one that `KILL_AT` names. `BUSY_FILE` names a file that
 * grows whenever something is read, as one that is written to all the time.
 */
const COUNTED = [
  ...['mkdir', 'rename', 'link', 'symlink', 'unlink', 'rmdir', 'rm', 'copyFile', 'writeFile', 'chmod', 'fsync'],
  ...['truncate', 'ftruncate', 'write', 'utimes', 'futimes', 'lutimes', 'fchmod']
];
const KEY = 'kill-switch';

// All threads count together.
if (isMainThread) {
  setEnvironmentData(KEY, new Int32Array(new SharedArrayBuffer(4)) as never);
}
const steps = getEnvironmentData(KEY) as unknown as Int32Array;
const killAt = Number(process.env['KILL_AT'] ?? 0);
const busy = process.env['BUSY_FILE'];

/** One more step; `steps` of them are told at the end. */
export function step(): void {
  if (Atomics.add(steps, 0, 1) + 1 === killAt) {
    process.kill(process.pid, 'SIGKILL');
  }
}

type Call = (...args: unknown[]) => unknown;

function before(owner: object, name: string, act: () => void): void {
  const calls = owner as Record<string, Call | undefined>;
  const call = calls[name];
  if (call) {
    calls[name] = (...args) => {
      act();
      return call.apply(owner, args);
    };
  }
}

for (const name of COUNTED) {
  before(fs, `${name}Sync`, step);
  before(fs.promises, name, step);
}
before(childProcess, 'spawn', step);
if (busy !== undefined) {
  const { appendFileSync } = { ...fs };
  for (const name of ['readSync', 'copyFileSync']) {
    before(fs, name, () => appendFileSync(busy, '.'));
  }
}
Object.assign(globalThis, { stepsTaken: () => Atomics.load(steps, 0), step });
