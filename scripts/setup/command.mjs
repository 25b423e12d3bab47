import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';

import { Failure } from './failure.mjs';
import { LOGS, ROOT } from './paths.mjs';

const TAIL_LINES = 12;
const children = new Set();

let interrupted = false;

/** Whether somebody has asked for an end: nothing new is to be begun. */
export function wasInterrupted() {
  return interrupted;
}

/** Asks the programs that run at this moment to end. */
export function interruptCommands() {
  interrupted = true;
  for (const child of children) {
    child.kill('SIGTERM');
  }
}

/**
 * Runs a program to its end with its output in `.demo/logs/<log>.log`, and fails with a sentence and the last lines of
 * that log.
 *
 * @param {string[]} command program and arguments
 * @param {{ log: string, what: string, fix?: string, cwd?: string, env?: Record<string, string | undefined> }} options
 *   `what` begins the sentence: "<what> failed."
 */
export async function run(command, { log, what, fix, cwd = ROOT, env = {} }) {
  const { code, path } = await execute(command, { log, cwd, env });
  if (code !== 0) {
    throw new Failure(`${what} failed (exit code ${code}).`, { fix, log: path, tail: tail(path) });
  }
}

/**
 * Runs a program to its end and answers with its exit code and log. A program that is missing has the code 127.
 *
 * @param {string[]} command
 * @param {{ log: string, cwd?: string, env?: Record<string, string | undefined>, echo?: boolean | 'stderr' }} options `echo`
 *   shows the output as well, or one stream of it
 * @returns {Promise<{ code: number, path: string }>}
 */
export async function execute([program, ...args], { log, cwd = ROOT, env = {}, echo = false }) {
  mkdirSync(LOGS, { recursive: true });
  const path = join(LOGS, `${log}.log`);
  const file = openSync(path, 'w');
  writeSync(file, `$ ${[program, ...args].join(' ')}\n`);
  try {
    const code = await new Promise(resolve => {
      const stdout = echo === true ? 'pipe' : file;
      const stderr = echo ? 'pipe' : file;
      const child = spawn(program, args, { cwd, env: { ...process.env, ...env }, stdio: ['ignore', stdout, stderr] });
      children.add(child);
      for (const stream of [child.stdout, child.stderr]) {
        stream?.on('data', data => {
          process.stdout.write(data);
          writeSync(file, data);
        });
      }
      child.on('error', error => {
        writeSync(file, `${error.message}\n`);
        resolve(127);
      });
      child.on('close', (status, signal) => {
        children.delete(child);
        resolve(status ?? (signal ? 1 : 0));
      });
    });
    return { code, path };
  } finally {
    closeSync(file);
  }
}

/** The last lines of a log that say something. */
export function tail(path, lines = TAIL_LINES) {
  return readFileSync(path, 'utf8')
    .split('\n')
    .filter(line => line.trim() !== '')
    .slice(-lines)
    .join('\n');
}
