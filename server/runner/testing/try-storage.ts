import { tryStorage } from '../check/storage';

/**
 * A program for tests: tries the storage of the home in its first argument, may publish from the others, and prints the
 * lines. With COPIES=no nothing is copied, which takes its time.
 */
async function main(): Promise<void> {
  const [home = '', ...publishable] = process.argv.slice(2);
  const stop = new AbortController();
  process.once('SIGTERM', () => stop.abort());
  await tryStorage(
    {
      home,
      publishablePaths: publishable.length > 0 ? publishable : undefined,
      sample: { files: 200, bytes: 1_000_000 },
      strategies: process.env.COPIES === 'no' ? ['live'] : undefined,
      quiet: Promise.resolve(),
      signal: stop.signal
    },
    line => process.stdout.write(`${JSON.stringify(line)}\n`)
  );
}

void main();
