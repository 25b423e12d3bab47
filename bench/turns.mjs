import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

import { Failure } from '../scripts/setup/failure.mjs';
import { median, rounded } from './figures.mjs';

const exec = promisify(execFile);

/** The rsync that ours is measured beside, named with its version. */
export async function rsyncVersion() {
  try {
    const { stdout } = await exec('rsync', ['--version']);
    return `rsync ${/version (\S+)/.exec(stdout)?.[1]}`;
  } catch (error) {
    throw new Failure('This benchmark compares with rsync, and there is none.', {
      fix: 'Install it: apt-get install rsync',
      cause: error
    });
  }
}

/**
 * Runs one after the other, each first as often as the other. What one has left to write must not slow the other down.
 *
 * @param {number} n of the pair
 * @param {...() => Promise<object>} two
 * @returns {Promise<object>} what both have said
 */
export async function inTurns(n, ...two) {
  const results = {};
  for (const one of n % 2 === 0 ? two : two.toReversed()) {
    await settle();
    Object.assign(results, await one());
  }
  return results;
}

/** Everything that was written is on the disk. */
export const settle = () => exec('sync', []);

/** @returns {Promise<number>} seconds */
export async function timed(work) {
  const began = performance.now();
  await work();
  return (performance.now() - began) / 1_000;
}

/** The median of a figure of each run. */
export function middle(runs, of) {
  return rounded(median(runs.map(of)));
}
