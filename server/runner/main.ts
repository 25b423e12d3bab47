import { bootstrapDescriptor, readBootstrap } from './bootstrap-pipe';
import { listen } from './listener';

/** Listens first: the Hub takes any answer for a running server, and everything else may take a moment to load. */
async function main(): Promise<void> {
  const early = readBootstrap(bootstrapDescriptor(process.argv));
  const listener = await listen(early.listen);
  const { run } = await import('./runner');
  await run(early.content, listener);
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
