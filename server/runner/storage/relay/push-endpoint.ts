import type { IncomingMessage, ServerResponse } from 'node:http';

import type { Static, TSchema } from 'typebox';
import { Value } from 'typebox/value';

import type { ErrorCode, ErrorReply, Problem } from '../../../contract';
import {
  PushFailed,
  PushOffered,
  type PushFinished,
  type PushGreeted,
  type PushMissing
} from '../../../contract/relay';
import { problemOf, ProblemError } from '../../../problem-error';
import { MalformedSection } from '../../../relay/frames';
import type { Log } from '../../log';
import { sendJson } from '../../pages/reply';
import { OutOfStep } from './incoming';
import { NotAwaited, type AwaitedPush, type PushDesk } from './push-desk';
import type { PushTickets } from './push-ticket';
import { sectionsOf } from './section-reader';

/** Bodies other than contents are short. */
const LONGEST_BODY = 64 * 1024;
const SENDER = /^[A-Za-z0-9_-]{8,100}$/;

/** Answers the requests of pushes, which come from programs alone. The status says what to do next; see `STATUS`. */
export interface PushEndpoint {
  /** @param call - the path after `_dashboards/push/` */
  answer(request: IncomingMessage, response: ServerResponse, call: string, query: string): Promise<void>;
}

/**
 * What the sender makes of a reply: 401 another ticket; 409 ask again what is there; 410 the build waits no more; 423
 * somebody else is sending; all others: give up, with the problem in the reply.
 */
const STATUS: Partial<Record<ErrorCode, number>> = {
  invalid_request: 400,
  too_large: 422,
  disk_full: 507,
  internal: 500
};

export function createPushEndpoint(options: { tickets: PushTickets; desk: PushDesk; log: Log }): PushEndpoint {
  const { tickets, desk, log } = options;

  /** The push that this request may take part in; null: it has been answered. */
  function admitted(request: IncomingMessage, response: ServerResponse, query: string): AwaitedPush | null {
    if (fromBrowser(request)) {
      turnAway(response, 403, 'not_allowed', 'Files are sent by programs, and never by a page.');
      return null;
    }
    if (request.method !== 'POST') {
      turnAway(response, 405, 'invalid_request', 'Files are sent with POST.');
      return null;
    }
    const bearer = /^Bearer ([\w.-]+)$/.exec(request.headers.authorization ?? '')?.[1];
    const claims = tickets.judge(bearer ?? '');
    if (typeof claims === 'string') {
      log.info({ code: claims }, 'push ticket refused');
      turnAway(response, 401, 'not_signed_in', 'This push ticket is not, or no longer, good here.');
      return null;
    }
    const push = desk.of(claims.buildId);
    const sender = new URLSearchParams(query).get('sender') ?? '';
    if (push === null) {
      notAwaited(response);
    } else if (!SENDER.test(sender)) {
      refuse(response, 400, 'invalid_request', 'The sender has no name.');
    } else if (!push.heard(sender)) {
      refuse(response, 423, 'state_conflict', 'Somebody else is sending the files of this build.');
    } else {
      return push;
    }
    return null;
  }

  async function handle(push: AwaitedPush, request: IncomingMessage, call: string, sender: string): Promise<object> {
    switch (call) {
      case 'hello':
        return { base: await push.base() } satisfies PushGreeted;
      case 'contents':
        for await (const { head, sent } of sectionsOf(request)) {
          if (!push.heard(sender)) {
            throw new OutOfStep();
          }
          await push.take(head, sent);
        }
        return {};
      case 'missing':
        return (await push.missing(await bodyOf(PushOffered, request))) satisfies PushMissing;
      case 'finish':
        return { complete: await push.finish() } satisfies PushFinished;
      case 'failed':
        push.failed((await bodyOf(PushFailed, request)).problem);
        return {};
      default:
        throw invalid('There is nothing at this address.');
    }
  }

  return {
    async answer(request, response, call, query) {
      const push = admitted(request, response, query);
      if (push === null) {
        return;
      }
      const sender = new URLSearchParams(query).get('sender') ?? '';
      try {
        sendJson(response, 200, await handle(push, request, call, sender));
      } catch (error) {
        if (request.destroyed && !request.complete) {
          return; // The connection was cut: there is nobody to tell.
        }
        if (error instanceof OutOfStep) {
          refuse(response, 409, 'state_conflict', 'This is not what comes next: ask again what is missing.');
        } else if (error instanceof NotAwaited) {
          notAwaited(response);
        } else if (error instanceof MalformedSection) {
          refuse(response, 400, 'invalid_request', `What was sent cannot be read: ${error.message}.`);
        } else {
          const problem = problemOf(error);
          if (problem.code === 'internal') {
            log.error({ err: error }, 'files could not be received');
          }
          reply(response, STATUS[problem.code] ?? 422, problem);
        }
      }
    }
  };
}

/** Browsers say where a request comes from, and programs do not. */
function fromBrowser({ headers }: IncomingMessage): boolean {
  return headers.origin !== undefined || Object.keys(headers).some(name => name.startsWith('sec-fetch-'));
}

async function bodyOf<S extends TSchema>(schema: S, request: IncomingMessage): Promise<Static<S>> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > LONGEST_BODY) {
      throw invalid('The request is too long.');
    }
    chunks.push(chunk);
  }
  let body: unknown;
  try {
    body = JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch {
    throw invalid('The request is not JSON.');
  }
  if (!Value.Check(schema, body)) {
    throw invalid('The request does not have the shape that it should have.');
  }
  return body;
}

function invalid(message: string): ProblemError {
  return new ProblemError('invalid_request', message, {
    fix: 'Restart your server to get the version of jupyterhub-dashboards that fits the hub, then publish again.'
  });
}

function notAwaited(response: ServerResponse): void {
  refuse(response, 410, 'state_conflict', 'This build does not wait for files, or no longer.');
}

function refuse(response: ServerResponse, status: number, code: ErrorCode, message: string): void {
  reply(response, status, { code, message });
}

/** What is left of the body is read: a connection that ends before takes the reply along. */
function reply(response: ServerResponse, status: number, problem: Problem): void {
  sendJson(response, status, { error: problem } satisfies ErrorReply);
  response.req.resume();
}

/** To whoever has no ticket. What is left of the body is not waited for: the connection ends. */
function turnAway(response: ServerResponse, status: number, code: ErrorCode, message: string): void {
  response.setHeader('Connection', 'close');
  refuse(response, status, code, message);
}
