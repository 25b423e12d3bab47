import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose_gc');
const collect = runInNewContext('gc') as () => void;

/** By how many bytes the heap is larger after `work` than before, without what may be collected. */
export async function heapGrowth(work: () => Promise<void>): Promise<number> {
  const before = await heapUsed();
  await work();
  return (await heapUsed()) - before;
}

async function heapUsed(): Promise<number> {
  // What finalizers let go of is collected by the next round.
  for (let round = 0; round < 3; round += 1) {
    collect();
    await new Promise(resolve => setImmediate(resolve));
  }
  return process.memoryUsage().heapUsed;
}
