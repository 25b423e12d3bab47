import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';

/** Passes the body of a request on to an app as it comes, no faster than the app takes it. */
export class Upload {
  /** @param sent - is called once the whole body is on its way; never after `stop` */
  constructor(
    private readonly body: IncomingMessage,
    private readonly socket: Socket,
    private readonly chunked: boolean,
    private readonly sent: () => void
  ) {
    body.on('data', this.#pass).on('end', this.#end);
    socket.on('drain', this.#drained);
  }

  /** Reads over what is left: the client may have another request behind it. */
  stop(): void {
    this.#letGo();
    this.body.resume();
  }

  readonly #pass = (piece: Buffer): void => {
    if (!this.chunked) {
      this.#paused(this.socket.write(piece));
      return;
    }
    this.socket.cork();
    this.socket.write(`${piece.length.toString(16)}\r\n`, 'latin1');
    this.socket.write(piece);
    this.#paused(this.socket.write('\r\n', 'latin1'));
    this.socket.uncork();
  };

  readonly #end = (): void => {
    this.#letGo();
    if (this.chunked) {
      this.socket.write('0\r\n\r\n', 'latin1');
    }
    this.sent();
  };

  readonly #drained = (): void => void this.body.resume();

  #paused(more: boolean): void {
    if (!more) {
      this.body.pause();
    }
  }

  #letGo(): void {
    this.body.off('data', this.#pass).off('end', this.#end);
    this.socket.off('drain', this.#drained);
  }
}
