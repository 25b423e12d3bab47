import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { TestHub } from './hub';

/** The Hub itself. */
export const HUB = /-m jupyterhub -f/;

/** Starts a process of a hub as it was started before. Called while that one still runs. */
export function restarter(hub: TestHub, pid: number): () => ChildProcess {
  const read = (what: string) => readFileSync(`/proc/${pid}/${what}`, 'utf8').split('\0').filter(Boolean);
  const [program = '', ...args] = read('cmdline');
  const env = Object.fromEntries(
    read('environ').map(one => [one.slice(0, one.indexOf('=')), one.slice(one.indexOf('=') + 1)])
  );
  const cwd = hub.folder;
  return () => {
    const log = openSync(join(cwd, 'hub.log'), 'a');
    const child = spawn(program, args, { cwd, env, stdio: ['ignore', log, log] });
    closeSync(log);
    return child;
  };
}

/** Asks a process to end, and waits for that. */
export async function ended(child: ChildProcess): Promise<void> {
  const exit = new Promise(done => child.once('exit', done));
  child.kill('SIGTERM');
  await exit;
}
