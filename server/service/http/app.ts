import swagger from '@fastify/swagger';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import Fastify, { type FastifyBaseLogger, type FastifyInstance, type RawServerDefault } from 'fastify';
import type { IncomingMessage, ServerResponse } from 'node:http';

import type { Context } from '../context';
import { requireCallers } from './authentication';
import { allowUserOrigins } from './cors';
import { answerBadAddresses, answerErrors, unknownRoute } from './errors';
import { openapiOptions } from './openapi/document';
import { pages } from './pages';
import { auditRoutes } from './routes/audit';
import { buildRoutes } from './routes/builds';
import { checkRoutes } from './routes/checks';
import { dashboardRoutes } from './routes/dashboards';
import { eventRoutes } from './routes/events';
import { gitCredentialRoutes } from './routes/git-credentials';
import { hookRoutes } from './routes/hook';
import { infoRoutes } from './routes/info';
import { logRoutes } from './routes/logs';
import { metricsRoute } from './routes/metrics';
import { runnerRoutes } from './routes/runner';
import { versionRoutes } from './routes/versions';
import { endStreams } from './sse';

export type App = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>;

/** Bytes of a request of the API. */
export const MAX_BODY = 256 * 1024;

/** The HTTP side of the service. Everything it answers lies under the service's prefix. */
export async function createApp(context: Context, logger: FastifyBaseLogger): Promise<App> {
  const app: App = Fastify({
    loggerInstance: logger,
    bodyLimit: MAX_BODY,
    routerOptions: { maxParamLength: 300, ignoreTrailingSlash: false },
    requestIdHeader: false,
    frameworkErrors: answerBadAddresses(context),
    // Bodies are what they say they are: nothing is converted, nothing is silently left out.
    // Errors come with the schema, so that they can be told in words.
    ajv: { customOptions: { removeAdditional: false, coerceTypes: false, useDefaults: false, verbose: true } }
  }).withTypeProvider<TypeBoxTypeProvider>();

  // Replies are built field by field from checked types; writing them needs no second schema.
  app.setSerializerCompiler(() => data => JSON.stringify(data));
  answerErrors(app, context);
  app.addHook('preClose', async () => endStreams());
  const { prefix } = context.addresses;
  await app.register(swagger, openapiOptions(`${prefix}api/v1/`));
  await app.register(
    async (scope: App) => {
      allowUserOrigins(scope, context);
      infoRoutes(scope, context);
      metricsRoute(scope, context);
      scope.setNotFoundHandler(unknownRoute);
      // What a form can send without asking is no request to this API.
      scope.removeContentTypeParser('text/plain');
      await scope.register(async (callers: App) => {
        requireCallers(callers, context);
        dashboardRoutes(callers, context);
        versionRoutes(callers, context);
        buildRoutes(callers, context);
        logRoutes(callers, context);
        eventRoutes(callers, context);
        gitCredentialRoutes(callers, context);
        auditRoutes(callers, context);
        checkRoutes(callers, context);
      });
    },
    { prefix: `${prefix}api/v1/` }
  );
  await app.register(async (scope: App) => hookRoutes(scope, context), { prefix });
  await app.register(async (scope: App) => runnerRoutes(scope, context), { prefix });
  await app.register(async (scope: App) => pages(scope, context), { prefix });
  return app;
}
