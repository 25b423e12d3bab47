import { createHash } from 'node:crypto';

import type { PushOffered } from '../../../contract/relay';
import { hashOfLines } from '../../../files/manifest';
import type { Content, Offer, OfferedItem } from '../../../relay/offer';
import { NOTHING, OfferReader, type EarlierOffer } from '../../../relay/offer-reader';
import { PublishedLines } from './published-lines';

/** An offer that is being received: read as it comes. */
export class IncomingOffer {
  readonly #reader: OfferReader;
  readonly #hash = createHash('sha256');
  #received = 0;
  #whole: Offer | null = null;
  #published: string | null = null;
  #text: Buffer | null = null;

  /** @param earlier - the one that was read before. @param published - made of its items. */
  constructor(
    earlier: EarlierOffer = NOTHING,
    private readonly published = new PublishedLines(earlier.byPath)
  ) {
    this.#reader = new OfferReader(earlier);
  }

  /** Bytes so far. */
  get received(): number {
    return this.#received;
  }

  /** Files so far and their bytes; `others`: folders and links. */
  get sums(): { files: number; others: number; bytes: number } {
    return this.#reader.sums;
  }

  /** Takes the next piece. @throws ProblemError `invalid_request` */
  take(piece: Uint8Array): void {
    this.#reader.read(piece);
    this.#hash.update(piece);
    this.#received += piece.length;
  }

  /** Whether this is, as a whole, what the sender means. */
  is({ sha256, size }: PushOffered): boolean {
    return this.#received === size && this.#name() === sha256;
  }

  /**
   * What is offered, once all of it is there; null: it builds on an offer that is not.
   *
   * @throws ProblemError `invalid_request` or `links_leave_folder`
   */
  whole(): Offer | null {
    this.#whole ??= this.#reader.end();
    return this.#whole;
  }

  get byPath(): ReadonlyMap<string, OfferedItem> {
    return this.#reader.byPath;
  }

  get contents(): readonly Content[] {
    return this.#reader.contents;
  }

  /** Hash that a version of it has. */
  hash(): string {
    this.#published ??= hashOfLines(this.published.next(this.byPath, this.#reader.told));
    return this.#published;
  }

  /** All of it as a text, on which the next one may build; it tells later what was sent. */
  text(): Buffer {
    this.#text ??= Buffer.from(this.#reader.text(this.#name()));
    return this.#text;
  }

  #name(): string {
    return this.#hash.copy().digest('hex');
  }
}
