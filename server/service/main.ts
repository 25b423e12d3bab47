import { setTimeout as delay } from 'node:timers/promises';

import type { FastifyBaseLogger as Logger } from 'fastify';

import { parseConfig, type Config } from './config';
import { readEnvironment, type Environment } from './env';
import { OutOfOrder } from './errors';
import { missingRights } from './hub/own-scopes';
import { createLogger } from './log';
import { standInFor, standOutOfOrder } from './out-of-order';
import { watchParent } from './parent-watch';
import { createService, type Service } from './service';

/** A database, or a key, that could not be used is looked at again after this time. */
const LOOK_AGAIN_MS = 15_000;

async function main(): Promise<void> {
  const env = readEnvironment();
  const config = parseConfig(env.config);
  const logger = createLogger(env.logLevel);
  let service: Service | null = null;
  const stop = (reason: string) => {
    endWatch();
    logger.info({ reason }, 'stopping');
    if (!service) {
      process.exit(0);
    }
    // Whoever is still connected after this time does not keep the Hub waiting.
    setTimeout(() => process.exit(0), 5_000).unref();
    service.stop().then(
      () => process.exit(0),
      (error: unknown) => {
        logger.error({ err: error }, 'not stopped in order');
        process.exit(1);
      }
    );
  };
  // A Hub that was killed leaves its service behind. The next Hub starts another one, and two of them on one database
  // would work against each other, this one with tokens that are worth nothing any more.
  const endWatch = env.managed ? watchParent(() => stop('the Hub is gone')) : () => undefined;
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);

  service = await createWhenUsable(env, config, logger);
  await service.app.listen(env.listen);
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
}

/** Never gives up on database and key: their disk may be mounted, or a backup restored, while the Hub runs. */
async function createWhenUsable(env: Environment, config: Config, logger: Logger): Promise<Service> {
  for (let told = ''; ;) {
    try {
      return await standInFor(env, createService(env, config, logger));
    } catch (error) {
      if (!(error instanceof OutOfOrder)) {
        throw error;
      }
      if (error.message !== told) {
        told = error.message;
        // The Hub's log is where the administrator looks; a record or a stack says nothing to them.
        const meanwhile = `Until then dashboards are out of order; it is looked at again every ${LOOK_AGAIN_MS / 1_000} s.`;
        process.stderr.write(`${told} ${meanwhile}\n`);
      }
      await standOutOfOrder(env, delay(LOOK_AGAIN_MS));
    }
  }
}

main().catch((error: unknown) => {
  // The Hub's log is where the administrator looks; a stack says nothing to them.
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
