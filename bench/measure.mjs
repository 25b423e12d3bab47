import { rmSync } from 'node:fs';
import { join } from 'node:path';

import { interruption } from '../scripts/demo/interruption.mjs';
import { end, processesOf } from '../scripts/demo/processes.mjs';
import { Failure } from '../scripts/setup/failure.mjs';
import { WORK } from '../scripts/setup/paths.mjs';
import { resultLine } from './figures.mjs';
import { BENCHES, ENOUGH_PAIRS } from './options.mjs';

const INTERRUPTED = 130;

/**
 * What every benchmark gets.
 *
 * @typedef {object} Bench
 * @property {import('../scripts/setup/index.mjs').Installation} installation
 * @property {string} data folder for everything it writes
 * @property {number} pairs how often two things are compared
 * @property {(name: string, usual?: string[]) => boolean} wanted whether a case is to be measured: one of those that were
 *   asked for, else one of the usual ones, which are all unless given
 * @property {AbortSignal} signal aborted by Ctrl-C
 */

/** Before anything is started: a misspelt case would be found out only after minutes. */
function checkCases(only, cases) {
  const unknown = (only ?? []).filter(one => !cases.includes(one));
  if (unknown.length > 0) {
    throw new Failure(`There is no case ${unknown.join(', ')}.`, { fix: `There are: ${cases.join(', ')}.` });
  }
}

/**
 * Runs one benchmark and prints its figures as the last line. Leaves no process behind, however it ends, and no file unless
 * it has failed: then there are logs to read.
 *
 * @param {{ name: string, pairs: number, only: string[] | null }} options
 * @returns {Promise<number>} exit code
 */
export async function measure({ name, pairs, only }, installation) {
  const signal = interruption();
  const data = join(WORK, `bench-${process.pid}`);
  try {
    const { run, CASES } = await BENCHES[name]();
    checkCases(only, CASES);
    const wanted = (one, usual = [one]) => (only ?? usual).includes(one);
    const cases = await run({ installation, data, pairs, wanted, signal });
    const partial = pairs < ENOUGH_PAIRS || only !== null ? { partial: true } : {};
    process.stdout.write(`${resultLine(name, cases, partial)}\n`);
  } catch (error) {
    if (!signal.aborted) {
      throw error;
    }
    process.stdout.write('\n');
  } finally {
    await end(() => processesOf(data));
  }
  rmSync(data, { recursive: true, force: true });
  return signal.aborted ? INTERRUPTED : 0;
}
