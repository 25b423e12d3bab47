import { createHash } from 'node:crypto';

import type { PushOffered } from '../../../contract/relay';
import { hashOfLines, publishedLine } from '../../../files/manifest';
import { OfferReader, type Content, type Offer, type OfferedItem } from '../../../relay/offer';

/** Bytes of the text that are kept together. */
const BLOCK = 256 * 1024;

/** An offer that is being received: read as it comes, and kept as a text, which tells later what was sent. */
export class IncomingOffer {
  readonly #reader: OfferReader;
  readonly #hash = createHash('sha256');
  /** The text. A piece may be short, and what it came in is long: it is copied. */
  readonly #blocks: Buffer[] = [];
  #received = 0;
  /**
   * What counts of each item, as a line: made while there is time. Files apart from others: each come almost in the order
   * that they are sorted into.
   */
  readonly #files: string[] = [];
  readonly #others: string[] = [];
  #whole: Offer | null = null;
  #published: string | null = null;

  /** @param known - items by their lines, of an offer that was read before */
  constructor(known: ReadonlyMap<string, OfferedItem>) {
    this.#reader = new OfferReader(known);
  }

  /** Bytes so far. */
  get received(): number {
    return this.#received;
  }

  /** Files so far and their bytes; `others`: folders and links. */
  get sums(): { files: number; others: number; bytes: number } {
    return { files: this.#files.length, others: this.#others.length, bytes: this.#reader.bytes };
  }

  /** Takes the next piece. @throws ProblemError `invalid_request` */
  take(piece: Uint8Array): void {
    this.#reader.read(piece);
    for (const item of this.#reader.items.slice(this.#files.length + this.#others.length)) {
      const lines = item.kind === 'file' ? this.#files : this.#others;
      lines.push(publishedLine(item));
    }
    this.#hash.update(piece);
    this.#keep(piece);
  }

  /** Whether this is, as a whole, what the sender means. */
  is({ sha256, size }: PushOffered): boolean {
    return this.#received === size && this.#hash.copy().digest('hex') === sha256;
  }

  /** What is offered, once all of it is there. @throws ProblemError `invalid_request` or `links_leave_folder` */
  whole(): Offer {
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
    this.#published ??= hashOfLines([...this.#files, ...this.#others]);
    return this.#published;
  }

  text(): Buffer {
    return Buffer.concat(this.#blocks, this.#received);
  }

  #keep(piece: Uint8Array): void {
    for (let rest = piece; rest.length > 0;) {
      const used = this.#received % BLOCK;
      const block = (used > 0 && this.#blocks.at(-1)) || Buffer.allocUnsafeSlow(BLOCK);
      if (used === 0) {
        this.#blocks.push(block);
      }
      const next = rest.subarray(0, BLOCK - used);
      block.set(next, used);
      this.#received += next.length;
      rest = rest.subarray(next.length);
    }
  }
}
