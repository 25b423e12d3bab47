import type { IncomingMessage } from 'node:http';
import { connect, type Socket } from 'node:net';

import type { Target } from '../../engine';
import type { HeaderPair } from '../hop-by-hop';
import { writeInBatch } from '../write-batch';
import { giveBulkBuffer, SHARED_BUFFER, takeBulkBuffer } from './read-buffers';
import { ReplyParser } from './reply-parser';
import { Upload } from './upload';

/** One request as it goes to an app. */
export interface AppRequest {
  method: string;
  /** Request line and headers with the empty line after them, in latin1. */
  head: string;
  /** The body on its way in, `chunked` where the head does not tell its length; null where there is none. */
  body: { stream: IncomingMessage; chunked: boolean } | null;
  /** How long the app may take from the end of the request to the head of its reply; 0: as long as it likes. */
  answerMs: number;
}

/** Is told of one reply: a head, any number of pieces, and `end` or `failed`, after which nothing more is said. */
export interface Exchange {
  head(status: number, reason: string, headers: readonly HeaderPair[]): void;
  /**
   * Where `release` is given, the memory may be kept until it is called. Without it the memory is the exchange's only
   * until the call returns.
   */
  data(piece: Buffer, release?: () => void): void;
  /** Everything that has arrived so far has been handed over. */
  flush(): void;
  end(): void;
  /** `untouched`: a connection that had served before brought not one byte, as when the app was just closing it. */
  failed(error: Error, untouched: boolean): void;
}

/** What becomes of a connection. */
export interface ConnectionOwner {
  /** It may carry another exchange. */
  free(connection: AppConnection): void;
  closed(connection: AppConnection): void;
}

/** The app let the time pass in which it was to begin its reply. */
export class LateError extends Error {
  readonly code = 'app_late';
}

const CONNECT_MS = 5_000;
/** A body with this many bytes to come is read in larger pieces. */
const BULK = 65_536;

/** A connection to an app. It carries one exchange at a time. */
export class AppConnection {
  readonly #socket: Socket;
  #exchange: Exchange | null = null;
  #parser: ReplyParser | null = null;
  #upload: Upload | null = null;
  #answerTimer: NodeJS.Timeout | undefined;
  #release: (() => void) | undefined;
  #served = 0;
  #touched = false;
  #stopped = false;

  constructor(
    { host, port }: Target,
    private readonly owner: ConnectionOwner
  ) {
    const onread = {
      buffer: () => ((this.#parser?.expected ?? 0) >= BULK ? takeBulkBuffer() : SHARED_BUFFER),
      callback: (length: number, buffer: Uint8Array) => this.#read(buffer as Buffer, length)
    };
    const socket = connect({ host, port, noDelay: true, onread });
    const timer = setTimeout(() => socket.destroy(new Error('The app did not take the connection')), CONNECT_MS);
    socket
      .once('connect', () => clearTimeout(timer))
      .on('end', () => this.#closed())
      .on('error', error => this.#fail(error))
      .on('close', () => {
        clearTimeout(timer);
        this.#fail(new Error('The app closed the connection'));
        this.owner.closed(this);
      });
    this.#socket = socket;
  }

  /** It is open, as far as is known. */
  get usable(): boolean {
    return this.#socket.writable && !this.#socket.readableEnded;
  }

  send({ method, head, body, answerMs }: AppRequest, exchange: Exchange): void {
    this.#exchange = exchange;
    this.#touched = false;
    this.#parser = new ReplyParser(method, {
      head: (status, reason, headers) => {
        clearTimeout(this.#answerTimer);
        this.#exchange?.head(status, reason, headers);
      },
      data: piece => this.#exchange?.data(piece, this.#release),
      end: () => this.#end()
    });
    const sent = (): void => {
      this.#upload = null;
      if (answerMs > 0) {
        this.#answerTimer = setTimeout(() => this.#abandon(new LateError('The app did not answer in time')), answerMs);
      }
    };
    if (body === null) {
      writeInBatch(() => this.#socket.write(head, 'latin1'));
      sent();
    } else {
      this.#socket.write(head, 'latin1');
      this.#upload = new Upload(body.stream, this.#socket, body.chunked, sent);
    }
  }

  /** Leaves what follows of the reply unread. To be called while a piece is handed over. */
  stop(): void {
    this.#stopped = true;
  }

  resume(): void {
    if (this.#stopped) {
      this.#stopped = false;
      this.#socket.resume();
    }
  }

  /** Closes it, also in the middle of an exchange, which hears no more. */
  destroy(): void {
    this.#letGo();
    this.#socket.destroy();
  }

  /** What came is in the first `length` bytes of `buffer`. The result says whether to read on. */
  #read(buffer: Buffer, length: number): boolean {
    const parser = this.#parser;
    if (parser === null) {
      // Nobody asked.
      this.#socket.destroy();
      return false;
    }
    this.#touched = true;
    this.#release = buffer === SHARED_BUFFER ? undefined : () => giveBulkBuffer(buffer);
    try {
      parser.read(length === buffer.length ? buffer : buffer.subarray(0, length));
    } catch (error) {
      this.#abandon(error as Error);
      return false;
    }
    if (this.#exchange === null) {
      this.#settle(parser);
    } else {
      this.#exchange.flush();
    }
    return !this.#stopped;
  }

  /** The app has closed its side. */
  #closed(): void {
    try {
      this.#parser?.closed();
    } catch (error) {
      this.#fail(error as Error);
    }
  }

  #end(): void {
    const exchange = this.#exchange;
    this.#exchange = null;
    exchange?.end();
  }

  /** After a reply: the connection is free for the next, or of no more use. */
  #settle(parser: ReplyParser): void {
    const whole = this.#upload === null && parser.persistent && this.usable;
    this.#letGo();
    this.#stopped = false;
    if (whole) {
      this.#served += 1;
      this.owner.free(this);
    } else {
      this.#socket.destroy();
    }
  }

  #abandon(error: Error): void {
    this.#socket.destroy();
    this.#fail(error);
  }

  #fail(error: Error): void {
    const exchange = this.#exchange;
    this.#letGo();
    exchange?.failed(error, this.#served > 0 && !this.#touched);
  }

  #letGo(): void {
    clearTimeout(this.#answerTimer);
    this.#exchange = null;
    this.#parser = null;
    this.#upload?.stop();
    this.#upload = null;
  }
}
