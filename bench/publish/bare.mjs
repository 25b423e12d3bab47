import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';

import { freePorts } from '../../scripts/demo/ports.mjs';
import { end, processesOf } from '../../scripts/demo/processes.mjs';
import { Visitor } from '../../scripts/demo/visitor.mjs';

/**
 * Starts an app as a person does in a terminal of the single-user environment.
 *
 * @param {import('../measure.mjs').Bench} bench
 * @param {import('./apps.mjs').App} app
 * @param {string} folder of the app's files
 * @returns {Promise<{ url: string, visitor: Visitor, log: string, stop: () => Promise<void> }>}
 */
export async function startBare({ installation, data }, app, folder) {
  const [port] = await freePorts(1);
  const logs = join(data, 'logs');
  mkdirSync(logs, { recursive: true });
  const log = join(logs, `bare-${port}.log`);
  const file = openSync(log, 'a');
  const bin = join(installation.user, 'bin');
  const [program, ...args] = app.command.map(word =>
    word.replace('{python}', join(bin, 'python')).replace('{port}', port)
  );
  const child = spawn(program, args, {
    cwd: folder,
    stdio: ['ignore', file, file],
    // Found again by the folder in its environment, kernels and all.
    env: { ...process.env, HOME: join(folder, '..'), PATH: `${bin}:${process.env.PATH}`, BENCH_FOLDER: folder }
  });
  closeSync(file);
  // A command that is missing shows by the port that nobody opens.
  child.on('error', () => undefined);
  return {
    url: `http://127.0.0.1:${port}/${app.path}`,
    visitor: new Visitor(),
    log,
    stop: () => end(() => processesOf(folder))
  };
}
