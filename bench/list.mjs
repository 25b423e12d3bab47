import { join } from 'node:path';

import { step } from '../scripts/setup/progress.mjs';
import { median, rounded } from './figures.mjs';
import { withHub } from './hub.mjs';
import { fill } from './list/fill.mjs';

export const CASES = ['first-page-10000'];

const MANY = 10_000;
const FEW = 100;
/** Requests of one sample, of which the middle counts. */
const REQUESTS = 20;
const PATH = 'api/v1/dashboards?filter=mine';

/**
 * The first page of an owner's list on a hub with ten thousand dashboards, and on one with a hundred, in turns; through
 * the Hub's proxy, as Lab asks for it.
 *
 * @param {import('./measure.mjs').Bench} bench
 */
export async function run(bench) {
  const [many, few] = [join(bench.data, 'many'), join(bench.data, 'few')];
  await step(`Making ${MANY.toLocaleString('en')} dashboards`, () => fill(many, MANY));
  await step(`Making ${FEW} dashboards`, () => fill(few, FEW));
  return withHub({ ...bench, data: many }, ({ call: askMany }) =>
    withHub({ ...bench, data: few }, ({ call: askFew }) => compare(bench, askMany, askFew))
  );
}

async function compare(bench, askMany, askFew) {
  await sample(askMany, askFew, bench.signal);
  const runs = await step(`First pages, ${bench.pairs} samples of ${REQUESTS} pairs`, async () => {
    const samples = [];
    for (let n = 0; n < bench.pairs; n++) {
      samples.push(await sample(askMany, askFew, bench.signal));
    }
    return samples;
  });
  return {
    'first-page-10000': {
      value: rounded(median(runs.map(one => one.ms_10000)), 2),
      unit: 'ms',
      ratio: rounded(median(runs.map(one => one.ms_10000 / one.ms_100))),
      ms_100: rounded(median(runs.map(one => one.ms_100)), 2),
      runs,
      reference: `GET ${PATH} on a hub with ${FEW} dashboards`
    }
  };
}

/** Both hubs are asked in turns, so that what else the machine does slows both down. */
async function sample(askMany, askFew, signal) {
  const times = { many: [], few: [] };
  for (let n = 0; n < REQUESTS; n++) {
    signal.throwIfAborted();
    times.many.push(await firstPage(askMany));
    times.few.push(await firstPage(askFew));
  }
  return { ms_10000: rounded(median(times.many), 2), ms_100: rounded(median(times.few), 2) };
}

/** @returns milliseconds that one first page takes. */
async function firstPage(ask) {
  const asked = performance.now();
  const { dashboards, next } = await ask('GET', PATH);
  const took = performance.now() - asked;
  if (dashboards.length === 0 || next === null) {
    throw new Error('The list has no second page, so that what was measured is not a first one.');
  }
  return took;
}
