import { ReplyError } from './reply-error';

const SIZE = /^([0-9A-Fa-f]{1,12})[ \t]*(?:;.*)?$/;
const MAX_LINE = 16_384;
const MAX_TRAILERS = 65_536;

/** Takes a chunked body apart (RFC 9112, 7.1). Extensions and trailers are read over. */
export class ChunkedBody {
  #phase: 'size' | 'data' | 'end-of-data' | 'trailers' | 'over' = 'size';
  #line = '';
  #left = 0;
  #trailers = 0;

  get over(): boolean {
    return this.#phase === 'over';
  }

  /** Reads `bytes` from `at` on; the result is where it stopped. Throws `ReplyError`. */
  read(bytes: Buffer, at: number, reader: { data(piece: Buffer): void }): number {
    let next = at;
    while (next < bytes.length && this.#phase !== 'over') {
      next = this.#phase === 'data' ? this.#data(bytes, next, reader) : this.#readLine(bytes, next);
    }
    return next;
  }

  #data(bytes: Buffer, at: number, reader: { data(piece: Buffer): void }): number {
    const end = Math.min(bytes.length, at + this.#left);
    this.#left -= end - at;
    if (this.#left === 0) {
      this.#phase = 'end-of-data';
    }
    reader.data(bytes.subarray(at, end));
    return end;
  }

  /** A line may come in several parts, also with its two last characters apart. */
  #readLine(bytes: Buffer, at: number): number {
    const feed = bytes.indexOf(0x0a, at);
    const next = feed < 0 ? bytes.length : feed + 1;
    this.#line += bytes.toString('latin1', at, next);
    if (this.#line.length > MAX_LINE) {
      throw new ReplyError('A line between the chunks of the reply is too long');
    }
    if (feed >= 0) {
      const line = this.#line;
      this.#line = '';
      if (!line.endsWith('\r\n')) {
        throw new ReplyError('A line between the chunks of the reply ends without CR');
      }
      this.#understand(line.slice(0, -2));
    }
    return next;
  }

  #understand(line: string): void {
    if (this.#phase === 'size') {
      const size = SIZE.exec(line)?.[1];
      if (size === undefined) {
        throw new ReplyError('A chunk of the reply has no size');
      }
      this.#left = Number.parseInt(size, 16);
      this.#phase = this.#left === 0 ? 'trailers' : 'data';
    } else if (this.#phase === 'end-of-data') {
      if (line !== '') {
        throw new ReplyError('A chunk of the reply is longer than its size');
      }
      this.#phase = 'size';
    } else {
      this.#trailers += line.length;
      if (this.#trailers > MAX_TRAILERS) {
        throw new ReplyError('The trailers of the reply are too long');
      }
      if (line === '') {
        this.#phase = 'over';
      }
    }
  }
}
