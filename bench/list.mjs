import { join } from 'node:path';

import { step } from '../scripts/setup/progress.mjs';
import { median, rounded } from './figures.mjs';
import { withHub } from './hub.mjs';
import { fill } from './list/fill.mjs';

const MANY = 10_000;
const FEW = 100;
/** Requests of one sample, of which the middle counts: a single one says more about the machine than about the list. */
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
  await sample(askMany, bench.signal);
  await sample(askFew, bench.signal);
  const runs = await step(`First pages, ${bench.pairs} pairs`, async () => {
    const pairs = [];
    for (let n = 0; n < bench.pairs; n++) {
      const ms = {};
      for (const [count, ask] of n % 2 === 0
        ? [
            [MANY, askMany],
            [FEW, askFew]
          ]
        : [
            [FEW, askFew],
            [MANY, askMany]
          ]) {
        ms[`ms_${count}`] = await sample(ask, bench.signal);
      }
      pairs.push(ms);
    }
    return pairs;
  });
  return {
    'first-page-10000': {
      value: rounded(median(runs.map(pair => pair[`ms_${MANY}`])), 2),
      unit: 'ms',
      ratio: rounded(median(runs.map(pair => pair[`ms_${MANY}`] / pair[`ms_${FEW}`]))),
      ms_100: rounded(median(runs.map(pair => pair[`ms_${FEW}`])), 2),
      runs,
      reference: `GET ${PATH} on a hub with ${FEW} dashboards`
    }
  };
}

/** @returns milliseconds that one first page takes. */
async function sample(ask, signal) {
  const times = [];
  for (let n = 0; n < REQUESTS; n++) {
    signal.throwIfAborted();
    const asked = performance.now();
    const { dashboards, next } = await ask('GET', PATH);
    times.push(performance.now() - asked);
    if (dashboards.length === 0 || next === null) {
      throw new Error('The list has no second page, so that what was measured is not a first one.');
    }
  }
  return rounded(median(times), 2);
}
