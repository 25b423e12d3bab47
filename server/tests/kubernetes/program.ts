import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';

import { stopProcess } from '../hub';

const LAST_CHARACTERS = 3_000;

/** A program that the cluster consists of. */
export interface Program {
  child: ChildProcess;
  name: string;
  stop(): Promise<void>;
  /** Throws with the end of its log if it is not running any more. */
  assertRunning(): void;
}

/** Starts a program that ends when these tests end, in whatever way they do. */
export function startProgram(name: string, command: string[], log: string, env: Record<string, string> = {}): Program {
  const file = openSync(log, 'a');
  const child = spawn('setpriv', ['--pdeathsig', 'KILL', ...command], {
    cwd: '/',
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', file, file]
  });
  closeSync(file);
  let failure: Error | null = null;
  child.once('error', error => (failure = error));
  return {
    child,
    name,
    stop: () => (child.pid === undefined ? Promise.resolve() : stopProcess(child)),
    assertRunning() {
      if (failure || child.exitCode !== null || child.signalCode !== null) {
        const end = readFileSync(log, 'utf8').slice(-LAST_CHARACTERS);
        throw new Error(`${name} does not run:\n${end}`, { cause: failure });
      }
    }
  };
}
