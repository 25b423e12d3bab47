import { createInterface } from 'node:readline';

import { RunnerFixture } from './runner-fixture';

/** Runs the proxy alone in a process, in front of the app at the given port; each line on stdin is answered with its RSS. */
async function main(): Promise<void> {
  const say = (value: unknown): void => void process.stdout.write(`${JSON.stringify(value)}\n`);
  const runner = await RunnerFixture.start();
  runner.engine.serve(1, Number(process.argv[2]));
  const { cookie } = await runner.signIn();
  say({ port: runner.port, cookie });
  createInterface({ input: process.stdin })
    .on('line', () => say({ rss: process.memoryUsage.rss() }))
    // Never outlives the test that started it.
    .on('close', () => process.exit(0));
}

void main();
