import { utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { lock } from '../storage/git/lock';

const CONTENDERS = 3;
const GONE = '2147483646 1 elsewhere';

/**
 * A program for tests: has three contend for each of many locks that somebody has left who is gone, in the folder of its
 * first argument; prints how many held one at a time, at most, and how often one was held.
 */
async function main(): Promise<void> {
  const [folder = '', locks = '', rounds = ''] = process.argv.slice(2);
  const { signal } = new AbortController();
  let [most, times] = [0, 0];
  for (let round = 0; round < Number(rounds); round++) {
    await Promise.all(
      Array.from({ length: Number(locks) }, async (_none, i) => {
        const file = path.join(folder, `${i}`);
        writeFileSync(file, round % 2 === 0 ? `${GONE} ${round}` : '');
        utimesSync(file, 1, 1);
        let holders = 0;
        const contend = async () => {
          const release = await lock(file, signal);
          holders++;
          times++;
          most = Math.max(most, holders);
          // As long as the others need to make a mistake.
          for (let turn = 0; turn < 20; turn++) {
            await new Promise(setImmediate);
          }
          holders--;
          await release();
        };
        await Promise.all(Array.from({ length: CONTENDERS }, contend));
      })
    );
  }
  process.stdout.write(`${most} ${times}\n`);
}

void main();
