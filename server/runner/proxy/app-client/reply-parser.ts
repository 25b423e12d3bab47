import type { HeaderPair } from '../hop-by-hop';
import { ChunkedBody } from './chunked-body';
import { parseHead, type ParsedHead } from './reply-head';
import { ReplyError } from './reply-error';

/** What is made of an app's reply, in this order: one head, any number of pieces of the body, the end. */
export interface ReplyReader {
  head(status: number, reason: string, headers: readonly HeaderPair[]): void;
  /** The memory behind `piece` is the reader's only until this call returns. */
  data(piece: Buffer): void;
  end(): void;
}

const END_OF_HEAD = '\r\n\r\n';
const MAX_HEAD = 65_536;

/** Reads one HTTP/1.1 reply from bytes as they come (RFC 9112), as strictly as Node reads requests. */
export class ReplyParser {
  #phase: 'head' | 'length' | 'chunked' | 'until-close' | 'over' = 'head';
  /** The part of a head that came before the rest of it. */
  #begun = '';
  /** Bytes of the body that are still to come. */
  #left = 0;
  #chunks: ChunkedBody | null = null;
  #persistent = false;

  /** @param method - of the request: what answers HEAD has no body, whatever its head says */
  constructor(
    private readonly method: string,
    private readonly reader: ReplyReader
  ) {}

  /** The reply has ended, and another may follow on the same connection. */
  get persistent(): boolean {
    return this.#phase === 'over' && this.#persistent;
  }

  /** Bytes of the body that are known to follow. */
  get expected(): number {
    return this.#phase === 'length' ? this.#left : 0;
  }

  /** Reads on. Throws `ReplyError`, after which nothing more can be read. */
  read(bytes: Buffer): void {
    let at = 0;
    while (at < bytes.length) {
      switch (this.#phase) {
        case 'head':
          at = this.#readHead(bytes, at);
          break;
        case 'length':
          at = this.#readLength(bytes, at);
          break;
        case 'chunked':
          at = this.#readChunks(bytes, at);
          break;
        case 'until-close':
          this.reader.data(at === 0 ? bytes : bytes.subarray(at));
          return;
        case 'over':
          // Nobody asked for this; whose reply it is meant to be cannot be known.
          this.#persistent = false;
          return;
      }
    }
  }

  /** The app has closed the connection in good order. Throws `ReplyError` if the reply is not whole. */
  closed(): void {
    if (this.#phase === 'until-close') {
      this.#finish();
    } else if (this.#phase !== 'over') {
      throw new ReplyError('The app closed the connection before its reply was whole');
    }
  }

  #readHead(bytes: Buffer, at: number): number {
    const whole = this.#begun === '' ? bytes.indexOf(END_OF_HEAD, at, 'latin1') : -1;
    const text = this.#begun + bytes.toString('latin1', at, whole < 0 ? bytes.length : whole + END_OF_HEAD.length);
    const end = text.indexOf(END_OF_HEAD);
    if (end > MAX_HEAD || (end < 0 && text.length > MAX_HEAD)) {
      throw new ReplyError(`The head of the reply is longer than ${MAX_HEAD} bytes`);
    }
    if (end < 0) {
      this.#begun = text;
      return bytes.length;
    }
    const next = at + end + END_OF_HEAD.length - this.#begun.length;
    this.#begun = '';
    this.#begin(parseHead(text.slice(0, end)));
    return next;
  }

  #begin(head: ParsedHead): void {
    const { status } = head;
    if (status === 101) {
      throw new ReplyError('The app changed the protocol without being asked');
    }
    if (status < 200) {
      return;
    }
    const bodiless = this.method === 'HEAD' || status === 204 || status === 304;
    this.#persistent = head.persistent;
    this.reader.head(status, head.reason, head.headers);
    if (bodiless || head.length === 0) {
      this.#finish();
    } else if (head.chunked) {
      this.#phase = 'chunked';
      this.#chunks = new ChunkedBody();
    } else if (head.length === null) {
      this.#phase = 'until-close';
      this.#persistent = false;
    } else {
      this.#phase = 'length';
      this.#left = head.length;
    }
  }

  #readLength(bytes: Buffer, at: number): number {
    const end = Math.min(bytes.length, at + this.#left);
    this.#left -= end - at;
    this.reader.data(bytes.subarray(at, end));
    if (this.#left === 0) {
      this.#finish();
    }
    return end;
  }

  #readChunks(bytes: Buffer, at: number): number {
    const chunks = this.#chunks as ChunkedBody;
    const next = chunks.read(bytes, at, this.reader);
    if (chunks.over) {
      this.#finish();
    }
    return next;
  }

  #finish(): void {
    this.#phase = 'over';
    this.reader.end();
  }
}
