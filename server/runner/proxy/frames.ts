/** What a WebSocket is told whose version has ended: the service restarts, and a page that is loaded anew gets the new one. */
const SERVICE_RESTART = 1012;
const CLOSE = 0x8;

/** A frame that closes a WebSocket, as a server sends it. */
export function closeFrame(reason: string): Buffer {
  const text = Buffer.from(reason);
  return Buffer.concat([Buffer.of(0x80 | CLOSE, 2 + text.length, SERVICE_RESTART >> 8, SERVICE_RESTART & 0xff), text]);
}

/** Follows the frames of one direction of a WebSocket: another one can be put in between two of them only. */
export class Frames {
  /** Of the frame that comes: what is there of its head. */
  readonly #head: number[] = [];
  /** Bytes that the frame still has after its head. */
  #left = 0;
  #closed = false;

  /** What has passed so far ends with a whole frame. */
  get whole(): boolean {
    return this.#left === 0 && this.#head.length === 0;
  }

  /** A frame that closes the WebSocket has passed: none may follow. */
  get closed(): boolean {
    return this.#closed;
  }

  /** Follows `chunk`; with `once` only up to the end of the frame under way. @returns how many bytes that are */
  pass(chunk: Buffer, once = false): number {
    let at = 0;
    while (at < chunk.length) {
      if (this.#left > 0) {
        const part = Math.min(this.#left, chunk.length - at);
        this.#left -= part;
        at += part;
      } else {
        this.#head.push(chunk[at] ?? 0);
        at += 1;
        this.#begin();
      }
      if (once && this.whole) {
        break;
      }
    }
    return at;
  }

  /** Begins a frame once its head is complete. */
  #begin(): void {
    const [first = 0, second] = this.#head;
    if (second === undefined) {
      return;
    }
    const short = second & 0x7f;
    const extra = short === 126 ? 2 : short === 127 ? 8 : 0;
    const mask = second & 0x80 ? 4 : 0;
    if (this.#head.length < 2 + extra + mask) {
      return;
    }
    const long = this.#head.slice(2, 2 + extra).reduce((length, byte) => length * 256 + byte, 0);
    this.#left = extra > 0 ? long : short;
    this.#closed ||= (first & 0xf) === CLOSE;
    this.#head.length = 0;
  }
}
