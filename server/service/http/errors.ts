import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';

import type { ErrorReply } from '../../contract';
import type { Context } from '../context';
import { databaseFailure } from '../db/failures';
import { errorOf, problem, problemOf, ServiceError } from '../errors';
import { MAX_BODY, type App } from './app';
import { invalidRequest } from './invalid-request';
import { sendProblemPage, wantsPage } from './pages/problem-page';
import { recordWhenAnswered } from './refused';
import { readToEnd } from './unread-body';

/** Every failure leaves as an `ErrorReply`, or as a page for those who look with a browser. */
export function answerErrors(app: App, context: Context): void {
  app.setErrorHandler(async (error: FastifyError | Error, request, reply) => {
    // Where all of the body has come, there is no need to end the connection, as Fastify does after one that it refused.
    // A client that wants it ended is told so: the Hub's proxy would keep it, and find it dead with the next request.
    if ((await readToEnd(request.raw)) && !/\bclose\b/i.test(request.headers.connection ?? '')) {
      void reply.removeHeader('connection');
    }
    recordWhenAnswered(context, request, reply, error);
    const failure = serviceError(error, context.config.frameworks);
    if (failure.status >= 500) {
      request.log.error({ err: error }, 'request failed');
    }
    return send(context, request, reply, failure);
  });
  app.setNotFoundHandler((request, reply) =>
    send(context, request, reply, new ServiceError('not_found', 404, 'There is nothing at this address.', 'Check it.'))
  );
}

/** For addresses that cannot be taken apart, which no route and no handler of a route ever sees. */
export function answerBadAddresses(context: Context) {
  return (_error: FastifyError, request: FastifyRequest, reply: FastifyReply): void =>
    void send(
      context,
      request,
      reply,
      new ServiceError(
        'invalid_request',
        400,
        'This address is not valid: it is too long, or wrongly encoded.',
        'Check the address.'
      )
    );
}

/** Below `api/` everything is JSON, also for browsers. */
export async function unknownRoute(_request: FastifyRequest, reply: FastifyReply): Promise<ErrorReply> {
  void reply.code(404);
  return { error: problem('not_found', 'There is no such route in this API.', 'See api/v1/openapi.json.') };
}

function send(context: Context, request: FastifyRequest, reply: FastifyReply, failure: ServiceError): unknown {
  if (reply.sent || reply.raw.headersSent) {
    return reply;
  }
  if (failure.status === 503) {
    void reply.header('retry-after', '10');
  }
  void reply.code(failure.status).header('cache-control', 'no-store');
  if (wantsPage(context, request)) {
    return sendProblemPage(context, reply, failure.problem);
  }
  const body: ErrorReply = { error: failure.problem };
  return reply.type('application/json; charset=utf-8').send(body);
}

function serviceError(error: FastifyError | Error, frameworks: readonly string[]): ServiceError {
  const known = error instanceof ServiceError ? error : databaseFailure(error);
  if (known) {
    return known;
  }
  const status = 'statusCode' in error && typeof error.statusCode === 'number' ? error.statusCode : 500;
  if (status >= 400 && status < 500) {
    if ('validation' in error && error.validation?.[0]?.instancePath === '/framework') {
      return new ServiceError(
        'framework_unknown',
        400,
        'There is no such framework.',
        `Choose one of: ${frameworks.join(', ')}.`
      );
    }
    if (status === 413) {
      return new ServiceError(
        'invalid_request',
        413,
        'The request is too large.',
        `Send at most ${MAX_BODY / 1024} KiB: texts and lists of names. Files stay in their folder.`
      );
    }
    if ('validation' in error && error.validation) {
      return invalidRequest(error);
    }
    return new ServiceError(
      'invalid_request',
      status,
      `The request is not valid: ${error.message}.`,
      'Correct it and try again.'
    );
  }
  return errorOf(problemOf(error), 500);
}
