import { setTimeout as delay } from 'node:timers/promises';

import { step } from '../scripts/setup/progress.mjs';
import { median, rounded } from './figures.mjs';
import { withHub } from './hub.mjs';
import { memoryOf, processOf } from './processes.mjs';
import { publishApp } from './published.mjs';
import { APPS } from './publish/apps.mjs';

export const CASES = ['service', 'runner'];

const IDLE_MS = 12_000;
const SAMPLES = 5;
const EVERY_MS = 1_000;

/**
 * Memory of the service and of one runner after a dashboard was published and looked at, and nothing has happened for
 * a while.
 *
 * @param {import('./measure.mjs').Bench} bench
 */
export function run(bench) {
  return withHub(bench, async hub => {
    await step('Publishing a dashboard and looking at it', () => publishApp(bench, hub, APPS.streamlit));
    await step('Nothing happens', () => delay(IDLE_MS, undefined, { signal: bench.signal }));
    const cases = {};
    for (const program of CASES.filter(one => bench.wanted(one))) {
      const pid = processOf(bench.data, program);
      const runs = [];
      for (let n = 0; n < SAMPLES; n++) {
        runs.push(memoryOf(pid));
        await delay(EVERY_MS, undefined, { signal: bench.signal });
      }
      cases[program] = {
        value: rounded(median(runs.map(sample => sample.rss_mb)), 1),
        unit: 'MB RSS',
        pss_mb: rounded(median(runs.map(sample => sample.pss_mb)), 1),
        runs,
        reference: `none: /proc/${program}/smaps_rollup, MB of 1024 x 1024 bytes`
      };
    }
    return cases;
  });
}
