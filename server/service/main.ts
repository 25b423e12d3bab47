import { parseConfig } from './config';
import { readEnvironment } from './env';
import { missingRights } from './hub/own-scopes';
import { createLogger } from './log';
import { watchParent } from './parent-watch';
import { createService } from './service';

async function main(): Promise<void> {
  const env = readEnvironment();
  const config = parseConfig(env.config);
  const logger = createLogger(env.logLevel);
  const service = await createService(env, config, logger);
  const { hostname, port } = new URL(env.serviceUrl);
  await service.app.listen({ host: hostname.replace(/^\[|\]$/g, ''), port: Number(port) });
  await service.start();
  service.context.hub.identity(env.apiToken).then(
    identity => {
      const problem = missingRights(identity);
      if (problem) {
        logger.error(`${problem.message} ${problem.fix}`);
      }
    },
    (error: unknown) => logger.warn({ err: error }, 'the Hub could not be asked for the rights of this service')
  );

  const stop = (reason: string) => {
    endWatch();
    logger.info({ reason }, 'stopping');
    // Whoever is still connected after this time does not keep the Hub waiting.
    setTimeout(() => process.exit(0), 5_000).unref();
    void service.stop().then(() => process.exit(0));
  };
  // A Hub that was killed leaves its service behind. The next Hub starts another one, and two of them on one database
  // would work against each other, this one with tokens that are worth nothing any more.
  const endWatch = env.managed ? watchParent(() => stop('the Hub is gone')) : () => undefined;
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
}

main().catch((error: unknown) => {
  // The Hub's log is where the administrator looks; a stack says nothing to them.
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
