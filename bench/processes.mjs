import { readFileSync } from 'node:fs';
import { basename } from 'node:path';

import { argumentsOf, processesOf } from '../scripts/demo/processes.mjs';

/** Programs of the product, by the file that Node runs. */
const FILES = { service: 'service.js', runner: 'runner.js' };

/**
 * The process of a program of the product among those that were started for the data in `folder`.
 *
 * @param {string} folder
 * @param {'service' | 'runner'} program
 * @returns {number}
 */
export function processOf(folder, program) {
  const found = processesOf(folder).filter(pid => argumentsOf(pid).some(one => basename(one) === FILES[program]));
  if (found.length !== 1) {
    throw new Error(`${found.length} processes of the ${program} run, where there should be one.`);
  }
  return found[0];
}

/**
 * Memory of a process in MB: RSS as `ps` shows it, and PSS, in which pages that several processes share count for each in
 * proportion.
 *
 * @param {number} pid
 * @returns {{ rss_mb: number, pss_mb: number }}
 */
export function memoryOf(pid) {
  const text = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
  const megabytes = name =>
    Number((Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(text)?.[1]) / 1024).toFixed(1));
  return { rss_mb: megabytes('Rss'), pss_mb: megabytes('Pss') };
}
