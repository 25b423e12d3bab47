import type { IncomingMessage, ServerResponse } from 'node:http';

import type { Target } from '../engine';
import { LateError, type AppConnection, type AppRequest, type Exchange } from './app-client/app-connection';
import { AppPool } from './app-client/app-pool';
import { requestHead } from './app-client/request-head';
import { flatten, type HeaderPair } from './hop-by-hop';
import { headersFromApp } from './response-headers';
import { writeInBatch } from './write-batch';

/** One request on its way to an app. */
export interface Passage {
  request: IncomingMessage;
  response: ServerResponse;
  target: Target;
  /** Path and query, unchanged. */
  path: string;
  /** As the app gets them. */
  headers: readonly HeaderPair[];
  /** The app could not be reached, or broke off before it answered. Nothing has been sent to the client. */
  failed(error: Error): void;
}

/** A request that has been passed on. */
export interface Passed {
  /** Ends its reply in order if that is a stream of events, which would go on for ever. */
  leave(): void;
}

/** Whether an app let the time pass in which it was to begin its answer. */
export function isLate(error: Error): boolean {
  return error instanceof LateError;
}

/** Passes requests on to apps, streaming in both directions. */
export class AppProxy {
  readonly #pool = new AppPool();

  /**
   * @param prefix - the server's path; cookies of apps stay within it
   * @param answerMs - how long an app may take from the end of a request to the head of its answer; 0: as long as it likes
   */
  constructor(
    private readonly prefix: string,
    private readonly answerMs = 0
  ) {}

  pass(passage: Passage): Passed {
    const { request, path, headers, response } = passage;
    const method = request.method ?? 'GET';
    const chunked = 'transfer-encoding' in request.headers;
    const hasBody = chunked || Number(request.headers['content-length'] ?? 0) > 0;
    if (/^100-continue$/i.test(request.headers.expect ?? '')) {
      response.writeContinue();
    }
    const onward: AppRequest = {
      method,
      head: requestHead(method, path, headers, chunked),
      body: hasBody ? { stream: request, chunked } : null,
      answerMs: this.answerMs
    };
    return this.#send(passage, onward, !hasBody && (method === 'GET' || method === 'HEAD'), false);
  }

  /** Breaks off everything that is under way. */
  close(): void {
    this.#pool.close();
  }

  #send(passage: Passage, request: AppRequest, mayRepeat: boolean, fresh: boolean): Passed {
    const connection = this.#pool.connection(passage.target, fresh);
    const passed = new PassedReply(passage.response, connection, this.prefix, (error, untouched) => {
      // An app may close an idle connection just as it is used again; only a request without effects is repeated.
      if (mayRepeat && untouched) {
        current = this.#send(passage, request, false, true);
      } else {
        passage.failed(error);
      }
    });
    let current: Passed = passed;
    connection.send(request, passed);
    return { leave: () => current.leave() };
  }
}

/** Bodies up to this size go out with their head in one write where they have come in one piece. */
const SMALL = 16_384;

/** A reply of this kind never ends, and whoever reads it knows what to do when it does. */
const EVENT_STREAM = /^text\/event-stream\b/i;
const CONTENT_TYPE = /^content-type$/i;

/** An app's reply on its way to the client. */
class PassedReply implements Exchange, Passed {
  /** Of what goes to the client: nothing yet, a head that waits for the first piece of its body, or more. */
  #sent: 'nothing' | 'head-waits' | 'head' = 'nothing';
  /** The first piece of the body, until it is clear whether it is the only one: before anything else happens. */
  #held: string | null = null;
  #endless = false;
  readonly #clientGone = (): void => {
    if (!this.response.writableFinished) {
      this.#letGo();
      this.connection.destroy();
    }
  };
  /** The client is slower than the app. */
  #waiting = false;
  readonly #drained = (): void => {
    this.#waiting = false;
    this.connection.resume();
  };

  constructor(
    private readonly response: ServerResponse,
    private readonly connection: AppConnection,
    private readonly prefix: string,
    private readonly unanswered: (error: Error, untouched: boolean) => void
  ) {
    response.on('close', this.#clientGone);
  }

  head(status: number, reason: string, headers: readonly HeaderPair[]): void {
    this.#sent = 'head-waits';
    this.#endless = headers.some(([name, value]) => EVENT_STREAM.test(value) && CONTENT_TYPE.test(name));
    this.response.writeHead(status, reason, flatten(headersFromApp(headers, this.prefix)));
  }

  data(piece: Buffer, release?: () => void): void {
    if (this.#sent === 'head-waits' && this.#held === null && piece.length <= SMALL) {
      // As text, which Node puts together with the head.
      this.#held = piece.toString('latin1');
      return;
    }
    this.#sendHeld();
    this.#write(release === undefined ? Buffer.from(piece) : piece, release);
  }

  flush(): void {
    this.#sendHeld();
    if (this.#sent === 'head-waits') {
      // An event stream may say nothing for long.
      this.#sent = 'head';
      this.response.flushHeaders();
    }
  }

  end(): void {
    const { response } = this;
    const held = this.#held;
    this.#letGo();
    // By then the connection may serve somebody else.
    writeInBatch(() => finish(response, held));
  }

  failed(error: Error, untouched: boolean): void {
    this.#letGo();
    if (this.response.destroyed) {
      return;
    }
    if (this.#sent !== 'nothing') {
      // Half a reply must not look like a whole one.
      this.response.destroy();
    } else {
      this.unanswered(error, untouched);
    }
  }

  leave(): void {
    if (this.#endless) {
      this.#sendHeld();
      this.#letGo();
      this.connection.destroy();
      this.response.end();
    }
  }

  #sendHeld(): void {
    const held = this.#held;
    this.#held = null;
    if (held !== null) {
      this.#write(held);
    }
  }

  /** Sends a piece of the body, and the head before it if that waits. */
  #write(piece: Buffer | string, release?: () => void): void {
    this.#sent = 'head';
    if (!this.response.write(piece, 'latin1', release) && !this.#waiting) {
      this.#waiting = true;
      this.connection.stop();
      this.response.once('drain', this.#drained);
    }
  }

  #letGo(): void {
    this.response.off('close', this.#clientGone);
    if (this.#waiting) {
      this.response.off('drain', this.#drained);
    }
  }
}

/** Ends a reply; of no effect where its client has left in the meantime. */
function finish(response: ServerResponse, last: string | null): void {
  if (last !== null) {
    // Head and body in one piece, and before the end: what `end` is given goes out in two.
    response.socket?.cork();
    response.write(last, 'latin1');
    response.socket?.uncork();
  }
  response.end();
}
