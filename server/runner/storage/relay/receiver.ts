import { rmSync, statfsSync } from 'node:fs';
import path from 'node:path';
import { zstdDecompressSync } from 'node:zlib';

import type { PushMissing, PushOffered } from '../../../contract/relay';
import { makeFoldersSync } from '../../../files/make-folders';
import { explained, tooLarge } from '../../../files/problems';
import { ProblemError, systemCode } from '../../../problem-error';
import { sizeInWords } from '../../../size-in-words';
import { framesOf, MalformedSection, OFFER, PACKING, type SectionHead } from '../../../relay/frames';
import type { Content, OfferedFile } from '../../../relay/offer';
import { Incoming, OutOfStep } from './incoming';
import { IncomingOffer } from './incoming-offer';
import { KeptContents } from './kept-contents';
import { Replica, type ContentSource, type Difference } from './replica';
import type { Holding } from './sealed-file';

/** Lists of files that are longer than this are of no project. */
const LONGEST_OFFER = 256 * 2 ** 20;
/** What stays free besides the files. */
const SPARE = 16 * 2 ** 20;

export interface ReceiverOptions {
  /** `<home>/.dashboards/<dashboardId>`, absolute. */
  dashboard: string;
  limits: { files: number; bytes: number };
}

/** How far a push has got. */
export interface Received {
  /** Bytes of files that have come, of those that were missing. */
  received: number;
  missing: number;
}

/** Whether all is there; then what it is, with the hash that a version of it has. */
export type Finished = { complete: false } | { complete: true; files: number; bytes: number; hash: string };

/**
 * The receiving end of a push, on the disk: the offer, the contents that are missing, and the replica that becomes of
 * them. Everything blocks, so that it belongs into a thread of its own. Of what is sent nothing is believed.
 */
export class Receiver {
  readonly #store: string;
  readonly #replica: Replica;
  readonly #incoming: Incoming;
  #kept: KeptContents | null = null;
  #offer: IncomingOffer | null = null;
  /** Once all of the offer is there. */
  #contents: readonly Content[] = [];
  #difference: Difference | null = null;
  /** Contents of the difference: sizes by hash. */
  #wanted: ReadonlyMap<string, number> = new Map();
  /** Files on this side that have a content of the difference. */
  #held = new Map<string, Holding[]>();
  #progress: Received = { received: 0, missing: 0 };

  constructor(private readonly options: ReceiverOptions) {
    this.#store = path.join(options.dashboard, 'relay');
    this.#replica = new Replica(path.join(options.dashboard, 'replica'), this.#store);
    this.#incoming = new Incoming(path.join(this.#store, 'incoming'));
  }

  /** Name of the offer that the next one may build on, if all that came of it is still there; null: there is none. */
  base(): string | null {
    return this.#replica.name();
  }

  /** Looks at what there is, before anybody waits for that. */
  prepare(): void {
    this.#replica.makeReady();
    this.#keptContents();
  }

  /** Takes what a section holds. @throws OutOfStep, MalformedSection */
  take(head: SectionHead, sent: Uint8Array): Received {
    for (const { index, offset, bytes } of framesOf(unpack(head, sent))) {
      if (index === OFFER) {
        this.#takeOffer(offset, bytes);
      } else {
        const { sha256, size } = this.#contents[index] ?? outOfStep();
        if (!this.#wanted.has(sha256) || this.#held.has(sha256)) {
          outOfStep();
        }
        this.#receive(sha256, size, offset, bytes);
        this.#progress.received += bytes.length;
      }
    }
    return this.#progress;
  }

  /**
   * What has to be sent, before the first byte of it.
   *
   * @throws ProblemError where the offer cannot be used, or there is no room for it
   */
  missing(offered: PushOffered): PushMissing & { progress: Received } {
    const received = this.#readOffer(offered);
    if (received < offered.size) {
      return { received, missing: [], partial: [], progress: this.#progress };
    }
    this.#look();
    const missing: number[] = [];
    const partial: [number, number][] = [];
    let bytes = 0;
    this.#contents.forEach(({ sha256, size }, index) => {
      if (this.#wanted.has(sha256) && !this.#isThere(sha256, size)) {
        const there = this.#incoming.received(sha256, size);
        missing.push(index);
        bytes += size - there;
        if (there > 0) {
          partial.push([index, there]);
        }
      }
    });
    if (missing.length < this.#lacking()) {
      // What has gone is in what this offer builds on, and it does not tell of that: nobody could send it.
      this.#forgetOffer();
      return { received: 0, missing: [], partial: [], progress: this.#progress };
    }
    this.#checkSpace(bytes);
    this.#progress = { received: 0, missing: bytes };
    return { received, missing, partial, progress: this.#progress };
  }

  /** Does what `finish` will need while files are on their way, in steps: what has come in between is taken first. */
  *lookAhead(): Generator<undefined> {
    const offer = this.#difference ? this.#offer : null;
    offer?.hash();
    yield;
    offer?.text();
  }

  /** Makes the replica what was offered. */
  finish(): Finished {
    const offer = this.#offer ?? outOfStep();
    const difference = this.#difference ?? outOfStep();
    this.#incoming.close();
    if (this.#lacking() > 0) {
      return { complete: false };
    }
    try {
      this.#replica.update(difference, offer.text(), file => this.#sourceOf(file));
    } catch (error) {
      this.#difference = null;
      this.#forgetHere();
      if (systemCode(error) === 'ENOENT') {
        // What was there is gone: an old version has been removed meanwhile. It has to be sent after all.
        return { complete: false };
      }
      throw error;
    }
    const { files, bytes } = offer.sums;
    const hash = offer.hash();
    this.#forgetOffer();
    this.#forgetHere();
    rmSync(this.#incoming.folder, { recursive: true, force: true });
    return { complete: true, files, bytes, hash };
  }

  close(): void {
    this.#incoming.close();
  }

  #receive(sha256: string, size: number, offset: number, bytes: Uint8Array): void {
    try {
      this.#incoming.take(sha256, size, offset, bytes);
    } catch (error) {
      const [file] = this.#contents.find(content => content.sha256 === sha256)?.files ?? [];
      throw systemCode(error) === 'EFBIG' ? explained(error, this.#store, file?.path) : error;
    }
  }

  /** What is on this side is looked at again. */
  #forgetHere(): void {
    this.#replica.forget();
    this.#kept = null;
  }

  #keptContents(): KeptContents {
    return (this.#kept ??= new KeptContents(this.options.dashboard, this.#replica.hashes()));
  }

  #forgetOffer(): void {
    this.#offer = null;
    this.#contents = [];
    this.#difference = null;
    this.#wanted = new Map();
    this.#held.clear();
    this.#progress = { received: 0, missing: 0 };
  }

  /** The first piece of an offer takes the place of what came before: the sender has read the project anew. */
  #takeOffer(offset: number, bytes: Uint8Array): void {
    if (offset === 0) {
      this.#forgetOffer();
      this.#offer = new IncomingOffer(this.#replica.earlier, this.#replica.published);
    }
    const offer = this.#offer;
    if (offer?.received !== offset) {
      outOfStep();
    }
    if (offset + bytes.length > LONGEST_OFFER) {
      throw tooLarge(this.options.limits);
    }
    offer.take(bytes);
    this.#checkLimits(offer.sums);
  }

  /** @returns how much of the text is there; what turns out to be another one does not count */
  #readOffer(offered: PushOffered): number {
    const offer = this.#offer;
    if (!offer || offer.received < offered.size) {
      return offer?.received ?? 0;
    }
    // What it builds on may not be there any longer, or no longer all of it.
    if (!offer.is(offered) || offer.whole() === null) {
      this.#forgetOffer();
      return 0;
    }
    this.#checkLimits(offer.sums);
    this.#contents = offer.contents;
    this.#incoming.takeBack(this.#replica.staging);
    return offer.received;
  }

  /** Finds what is on this side already: in the replica first, in earlier versions where that is not enough. */
  #look(): void {
    this.#difference = this.#replica.compare(this.#offer?.byPath ?? outOfStep());
    const wanted = new Map<string, number>();
    for (const item of this.#difference.changed) {
      if (item.kind === 'file') {
        wanted.set(item.sha256, item.size);
      }
    }
    this.#wanted = wanted;
    this.#held = new Map();
    this.#incoming.keepOnly(wanted);
    const hold = (sha256: string, holding: Holding): void => {
      const holdings = this.#held.get(sha256);
      if (holdings) {
        holdings.push(holding);
      } else {
        this.#held.set(sha256, [holding]);
      }
    };
    for (const item of this.#replica.present().values()) {
      if (item.kind === 'file' && wanted.get(item.sha256) === item.size) {
        const { sha256, mtime, executable } = item;
        hold(sha256, { file: `${this.#replica.root}/${item.path}`, mtime, executable });
      }
    }
    for (const [sha256, size] of wanted) {
      if (!this.#held.has(sha256) && !this.#incoming.isWhole(sha256, size)) {
        const kept = this.#keptContents().get(sha256, size);
        if (kept) {
          hold(sha256, kept);
        }
      }
    }
  }

  /** How many contents are wanted and not there. */
  #lacking(): number {
    let lacking = 0;
    for (const [sha256, size] of this.#wanted) {
      lacking += this.#isThere(sha256, size) ? 0 : 1;
    }
    return lacking;
  }

  #isThere(sha256: string, size: number): boolean {
    return this.#held.has(sha256) || this.#incoming.isWhole(sha256, size);
  }

  #sourceOf({ sha256 }: OfferedFile): ContentSource {
    const by = this.#held.get(sha256);
    if (by) {
      return { kind: 'held', by };
    }
    this.#incoming.moved(sha256);
    return { kind: 'incoming', file: this.#incoming.file(sha256) };
  }

  /** Folders and links do not count where files are copied: here they do, but for themselves, because all can be made up. */
  #checkLimits({ files, others, bytes }: IncomingOffer['sums']): void {
    const { limits } = this.options;
    if (files > limits.files || others > limits.files || bytes > limits.bytes) {
      throw tooLarge(limits);
    }
  }

  #checkSpace(needed: number): void {
    if (needed === 0) {
      return;
    }
    makeFoldersSync(this.#store);
    const { bavail, bsize } = statfsSync(this.#store);
    const free = bavail * bsize;
    if (free < needed + SPARE) {
      const [wanted, spare, left] = [needed, SPARE, free].map(sizeInWords);
      throw new ProblemError(
        'disk_full',
        `There is no room for the files: ${wanted} are missing here and ${spare} have to stay free, of ${left} that are.`,
        {
          fix: 'Have room made where the dashboard’s server keeps its files, or publish less, then publish again.'
        }
      );
    }
  }
}

function unpack({ packing, size }: SectionHead, sent: Uint8Array): Uint8Array {
  if (packing === PACKING.none) {
    return sent;
  }
  let section: Uint8Array;
  try {
    // Never more than it says, whatever it would become.
    section = zstdDecompressSync(sent, { maxOutputLength: size, chunkSize: Math.max(size, 64) });
  } catch (error) {
    throw new MalformedSection('it cannot be unpacked', { cause: error });
  }
  if (section.length !== size) {
    throw new MalformedSection('it is shorter than it says');
  }
  return section;
}

function outOfStep(): never {
  throw new OutOfStep();
}
