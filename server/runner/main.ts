import { bootstrapDescriptor, readBootstrap } from './bootstrap-pipe';
import { listen } from './listener';
import { refuse } from './refusal';
import { beginHeadStart } from './supervisor/head-start';

/**
 * Begins what takes longest, the start of an app, and listens: the Hub takes any answer for a running server. Everything
 * else may take a moment to load.
 */
async function main(): Promise<void> {
  const early = readBootstrap(bootstrapDescriptor(process.argv));
  const headStart = beginHeadStart(early.content);
  const listener = await listen(early.listen);
  try {
    const { run } = await import('./runner');
    await run(early.content, listener, headStart);
  } catch (error) {
    headStart?.end();
    say(error);
    await refuse(listener);
    process.exit(0);
  }
}

function say(error: unknown): void {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
}

main().catch((error: unknown) => {
  say(error);
  process.exit(1);
});
