import type { IncomingMessage, ServerResponse } from 'node:http';

import { Agent, errors, type Dispatcher } from 'undici';

import type { Target } from '../engine';
import { flatten, headerPairs, type HeaderPair } from './hop-by-hop';
import { headersFromApp } from './response-headers';

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

/** Whether an app let the time pass in which it was to begin its answer. */
export function isLate(error: Error): boolean {
  return error instanceof errors.HeadersTimeoutError;
}

/** Passes requests on to apps, streaming in both directions. */
export class AppProxy {
  readonly #agent: Agent;

  /**
   * @param prefix - the server's path; cookies of apps stay within it
   * @param answerMs - how long an app may take from the end of a request to the head of its answer; 0: as long as it likes
   */
  constructor(
    private readonly prefix: string,
    answerMs = 0
  ) {
    this.#agent = new Agent({
      pipelining: 1,
      keepAliveTimeout: 2_000,
      keepAliveMaxTimeout: 10_000,
      headersTimeout: answerMs,
      // Event streams may be silent, and what has begun may take its time.
      bodyTimeout: 0,
      connectTimeout: 5_000,
      maxHeaderSize: 65_536,
      allowH2: false
    });
  }

  pass(passage: Passage): void {
    const { request } = passage;
    const hasBody = Number(request.headers['content-length'] ?? 0) > 0 || 'transfer-encoding' in request.headers;
    if (/^100-continue$/i.test(request.headers.expect ?? '')) {
      passage.response.writeContinue();
    }
    this.#dispatch(passage, hasBody, !hasBody && (request.method === 'GET' || request.method === 'HEAD'));
  }

  /** Breaks off everything that is under way. */
  close(): Promise<void> {
    return this.#agent.destroy();
  }

  #dispatch(passage: Passage, hasBody: boolean, mayRepeat: boolean): void {
    const handler = new ResponseHandler(passage, this.prefix, error => {
      // An app may close an idle connection just as it is used again; only a request without effects is repeated.
      if (mayRepeat && error instanceof errors.SocketError) {
        this.#dispatch(passage, hasBody, false);
      } else {
        passage.failed(error);
      }
    });
    try {
      this.#agent.dispatch(
        {
          origin: `http://${passage.target.host}:${passage.target.port}`,
          path: passage.path,
          method: (passage.request.method ?? 'GET') as Dispatcher.HttpMethod,
          headers: flatten(passage.headers),
          body: hasBody ? passage.request : null
        },
        handler
      );
    } catch (error) {
      passage.failed(error as Error);
    }
  }
}

/** Bodies up to this size go out with their head in one write where they have come in one piece. */
const SMALL = 16_384;

class ResponseHandler implements Dispatcher.DispatchHandler {
  #started = false;
  /** The first piece of the body, until it is clear whether it is the only one: before anything else happens. */
  #held: Buffer | null = null;
  #controller: Dispatcher.DispatchController | null = null;
  readonly #response: ServerResponse;
  readonly #clientGone = (): void => {
    if (!this.#response.writableFinished) {
      this.#controller?.abort(new Error('The client is gone'));
    }
  };
  readonly #drained = (): void => this.#controller?.resume();

  constructor(
    passage: Passage,
    private readonly prefix: string,
    private readonly failed: (error: Error) => void
  ) {
    this.#response = passage.response;
    this.#response.on('close', this.#clientGone).on('drain', this.#drained);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#response.destroyed || this.#response.closed) {
      controller.abort(new Error('The client is gone'));
    }
  }

  onResponseStart(
    controller: Dispatcher.DispatchController,
    status: number,
    _headers: unknown,
    statusText?: string
  ): void {
    if (status < 200) {
      return;
    }
    this.#started = true;
    const headers = headersFromApp(rawPairs(controller.rawHeaders), this.prefix);
    this.#response.writeHead(status, printable(statusText), flatten(headers));
    // A body that came along takes the head with it; an event stream may say nothing for long.
    queueMicrotask(() => {
      this.#response.flushHeaders();
      this.#release();
    });
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#held === null && !this.#response.headersSent && chunk.length <= SMALL) {
      this.#held = chunk;
      return;
    }
    this.#release();
    if (!this.#response.write(chunk)) {
      controller.pause();
    }
  }

  onResponseEnd(): void {
    const only = this.#held;
    this.#held = null;
    this.#letGo();
    if (only === null) {
      this.#response.end();
    } else {
      // As text, which Node puts together with the head, and before the end, which would go out as a buffer of its own.
      const { socket } = this.#response;
      socket?.cork();
      this.#response.write(only.toString('latin1'), 'latin1');
      socket?.uncork();
      this.#response.end();
    }
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.#held = null;
    this.#letGo();
    if (this.#response.destroyed) {
      return;
    }
    if (this.#started) {
      // Half a reply must not look like a whole one.
      this.#response.destroy();
    } else {
      this.failed(error);
    }
  }

  /** Sends what was held. */
  #release(): void {
    const chunk = this.#held;
    this.#held = null;
    if (chunk !== null && !this.#response.destroyed && !this.#response.write(chunk)) {
      this.#controller?.pause();
    }
  }

  #letGo(): void {
    this.#response.off('close', this.#clientGone).off('drain', this.#drained);
  }
}

function rawPairs(raw: Dispatcher.DispatchController['rawHeaders']): HeaderPair[] {
  return Array.isArray(raw)
    ? headerPairs(raw.map(part => (typeof part === 'string' ? part : part.toString('latin1'))))
    : [];
}

function printable(statusText: string | undefined): string {
  return (statusText ?? '').replace(/[^\t\x20-\x7e\x80-\xff]/g, '');
}
