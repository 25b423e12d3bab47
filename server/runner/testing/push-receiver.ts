import { createInterface } from 'node:readline';

import { problemOf } from '../../problem-error';
import { startPushBench } from './push-bench';

/**
 * The receiving end of pushes in a process of its own: `<dashboard folder>`. Prints how to send to it, then a line for each
 * build that has its files, or has failed. Ends with whoever has started it.
 */
async function main(): Promise<void> {
  const say = (value: unknown): void => void process.stdout.write(`${JSON.stringify(value)}\n`);
  const bench = await startPushBench(process.argv[2] ?? '');
  createInterface({ input: process.stdin }).on('close', () => process.exit(0));
  const { port } = new URL(bench.url);
  say({ port: Number(port), ticket: bench.signer.ticket() });
  for (;;) {
    try {
      await bench.await();
      say({ received: true });
    } catch (error) {
      bench.restart();
      say({ failed: problemOf(error) });
    }
  }
}

void main();
