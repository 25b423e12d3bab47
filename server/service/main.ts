import { parseConfig } from './config';
import { readEnvironment } from './env';
import { createLogger } from './log';
import { createService } from './service';

async function main(): Promise<void> {
  const env = readEnvironment();
  const config = parseConfig(env.config);
  const logger = createLogger(env.logLevel);
  const service = await createService(env, config, logger);
  const { hostname, port } = new URL(env.serviceUrl);
  await service.app.listen({ host: hostname.replace(/^\[|\]$/g, ''), port: Number(port) });
  await service.start();

  const stop = (signal: NodeJS.Signals) => {
    logger.info({ signal }, 'stopping');
    // Whoever is still connected after this time does not keep the Hub waiting.
    setTimeout(() => process.exit(0), 5_000).unref();
    void service.stop().then(() => process.exit(0));
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
}

main().catch((error: unknown) => {
  // The Hub's log is where the administrator looks; a stack says nothing to them.
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
