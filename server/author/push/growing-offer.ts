import { createHash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';

import { Contents, goneLine, offerFoot, offerHead, offerLine } from '../../relay/offer';
import type { OfferRest } from './project';
import type { ReadFile } from './read-file';
import type { ReadItem } from './walks';

/** Bytes that are worth a request while there is more to come. */
const WORTH = 256 * 1024;
/** Files that are told apart by their contents in one turn. */
const TURN = 1_000;

export interface WholeOffer {
  /** The one that it builds on. */
  base: string | null;
  text: Buffer;
  sha256: string;
  contents: Contents<ReadFile>;
}

/**
 * An offer as a text that grows while the project is read, and is sent as it grows, so that both ends work at once. A piece
 * that does not arrive is no error: whoever has all of the text asks how much of it is there, and sends what is not.
 */
export class GrowingOffer {
  readonly #hash = createHash('sha256');
  readonly #pieces: Buffer[] = [];
  readonly #files: ReadFile[] = [];
  #unsent: Buffer[] = [];
  #waiting = 0;
  #sent = 0;
  #sending: Promise<void> | null = null;
  #stopped = false;

  /**
   * @param base - the offer that it builds on; null: it tells all.
   * @param send - a piece, by its offset in the text.
   */
  constructor(
    private readonly base: string | null,
    private readonly send: (piece: Buffer, offset: number) => Promise<void>
  ) {
    this.#write(offerHead(base === null ? {} : { base }));
  }

  add(items: readonly ReadItem[]): void {
    let lines = '';
    for (const item of items) {
      lines += offerLine(item);
      if (item.kind === 'file') {
        this.#files.push(item);
      }
    }
    this.#write(lines);
    if (this.#waiting >= WORTH && this.#sending === null) {
      this.#sending = this.#sendOn();
    }
  }

  /** Ends the text, and waits until what can be sent of it has been. */
  async end({ gone, ...sums }: OfferRest): Promise<WholeOffer> {
    this.#write(gone.map(goneLine).join('') + offerFoot(sums));
    const sent = this.#sendRest();
    const contents = await this.#contents();
    const text = Buffer.concat(this.#pieces);
    await sent;
    return { base: this.base, text, sha256: this.#hash.digest('hex'), contents };
  }

  async #sendRest(): Promise<void> {
    await this.#sending;
    await this.#sendOn();
  }

  /** The contents of all files; in between, what is on its way goes on. */
  async #contents(): Promise<Contents<ReadFile>> {
    const contents = new Contents<ReadFile>();
    for (let at = 0; at < this.#files.length; at += TURN) {
      this.#files.slice(at, at + TURN).forEach(file => contents.add(file));
      await setImmediate();
    }
    return contents;
  }

  async #sendOn(): Promise<void> {
    const piece = Buffer.concat(this.#unsent);
    this.#unsent = [];
    this.#waiting = 0;
    try {
      if (!this.#stopped) {
        await this.send(piece, this.#sent);
        this.#sent += piece.length;
      }
    } catch {
      this.#stopped = true;
    }
    this.#sending = null;
  }

  #write(lines: string): void {
    const piece = Buffer.from(lines);
    this.#hash.update(piece);
    this.#pieces.push(piece);
    this.#unsent.push(piece);
    this.#waiting += piece.length;
  }
}
