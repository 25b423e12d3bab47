import { StringDecoder } from 'node:string_decoder';

import { Value } from 'typebox/value';

import { refuseLeaving } from '../files/problems';
import {
  Contents,
  Foot,
  Head,
  offerFoot,
  offerHead,
  offerLine,
  type Content,
  type Offer,
  type OfferedItem
} from './offer';
import { itemOf, LONGEST_LINE, malformed, parsed } from './offer-line';

/** An offer that was read before: most of a project stays as it is. */
export interface EarlierOffer extends Omit<Offer, 'items'> {
  /** By which the next one may build on it; null: it may not. */
  name: string | null;
  byPath: ReadonlyMap<string, OfferedItem>;
  /** Items by their lines, in their order. */
  lines: ReadonlyMap<string, OfferedItem>;
}

/** There was none. */
export const NOTHING: EarlierOffer = { name: null, byPath: new Map(), lines: new Map(), files: 0, bytes: 0 };

/**
 * Reads an offer piece by piece, and believes nothing: every path stays below the project's folder, each folder is named
 * before what is in it, nothing is named twice or below a file, and no link leads out.
 */
export class OfferReader {
  readonly #decoder = new StringDecoder('utf8');
  readonly #told: OfferedItem[] = [];
  #byPath = new Map<string, OfferedItem>();
  readonly #contents = new Contents();
  /** Paths that have a line in an offer that builds on another one, and which of them are gone. */
  readonly #named = new Set<string>();
  readonly #gone: string[] = [];
  #foldersGone = false;
  #built = false;
  /** Builds on an offer that is not there, or was different: nothing becomes of it. */
  #unfounded = false;
  #rest = '';
  #files = 0;
  #bytes = 0;
  #head: Head | null = null;
  #foot: Foot | null = null;

  /** @param earlier - what is the same as there, are the same objects. */
  constructor(private readonly earlier: EarlierOffer = NOTHING) {}

  /** Files, folders and links that have lines, so far. */
  get told(): readonly OfferedItem[] {
    return this.#told;
  }

  /** Sums so far: of what has lines; of the whole project once `end` has been called. */
  get sums(): { files: number; others: number; bytes: number } {
    const items = this.#builds && !this.#built ? this.#told.length : this.#byPath.size;
    return { files: this.#files, others: items - this.#files, bytes: this.#bytes };
  }

  get name(): string | null {
    return this.#head?.name ?? null;
  }

  /** Takes the next piece, which may end anywhere. @throws ProblemError `invalid_request` */
  read(piece: Uint8Array): void {
    const lines = (this.#rest + this.#decoder.write(piece)).split('\n');
    this.#rest = lines.pop() ?? '';
    this.#founded(() => lines.forEach(line => this.#line(line)));
    if (this.#rest.length > LONGEST_LINE) {
      throw malformed('a line is too long');
    }
  }

  get byPath(): ReadonlyMap<string, OfferedItem> {
    return this.#byPath;
  }

  /** Of the files that have lines. */
  get contents(): readonly Content[] {
    return this.#contents.list;
  }

  /**
   * The offer, once all of it has been read; null: it builds on one that is not there, or was different.
   *
   * @throws ProblemError `invalid_request` or `links_leave_folder`
   */
  end(): Offer | null {
    this.#founded(() => this.#check());
    if (this.#unfounded) {
      return null;
    }
    const items = [...this.#byPath.values()];
    refuseLeaving(new Map(items.filter(item => item.kind === 'link').map(({ path, target }) => [path, target])));
    return { items, files: this.#files, bytes: this.#bytes };
  }

  #check(): void {
    if (!this.#foot || this.#rest + this.#decoder.end() !== '') {
      throw malformed('it has no end');
    }
    this.#build();
    const { files, bytes } = this.#foot;
    if (files !== this.#files || bytes !== this.#bytes || !Number.isSafeInteger(bytes)) {
      throw malformed('its sums are wrong');
    }
    if (this.#contents.torn) {
      throw malformed('two files of one hash differ in size');
    }
  }

  /** Whoever builds on something that is not as they think is not refused for that: they can tell all instead. */
  #founded(read: () => void): void {
    if (this.#unfounded) {
      return;
    }
    try {
      read();
    } catch (error) {
      if (!this.#builds) {
        throw error;
      }
      this.#unfounded = true;
    }
  }

  /** The whole offer as a text for itself, after `end`. */
  text(name: string): string {
    let text = offerHead({ name });
    const { lines, byPath } = this.#builds ? this.earlier : NOTHING;
    for (const [line, before] of lines) {
      const item = this.#byPath.get(before.path);
      if (item) {
        text += item === before ? `${line}\n` : offerLine(item);
      }
    }
    for (const item of this.#told) {
      if (!byPath.has(item.path)) {
        text += offerLine(item);
      }
    }
    return text + offerFoot({ files: this.#files, bytes: this.#bytes });
  }

  get #builds(): boolean {
    return this.#head?.base !== undefined;
  }

  #line(line: string): void {
    if (this.#foot) {
      throw malformed('it goes on after its end');
    }
    const before = this.#head ? this.earlier.lines.get(line) : undefined;
    if (before) {
      this.#take(before);
      return;
    }
    const value = parsed(line);
    if (!this.#head) {
      if (!Value.Check(Head, value)) {
        throw malformed('it has no head');
      }
      this.#head = value;
      if (this.#builds && value.base !== this.earlier.name) {
        throw malformed('it builds on another one');
      }
      if (this.#builds) {
        this.#byPath = new Map(this.earlier.byPath);
      }
    } else if (Array.isArray(value) && value[0] === '-') {
      this.#takeAway(value[1]);
    } else if (Array.isArray(value)) {
      this.#take(itemOf(value));
    } else if (Value.Check(Foot, value)) {
      this.#foot = value;
    } else {
      throw malformed('a line is no item');
    }
  }

  /** @param item - with a path that is good by itself */
  #take(item: OfferedItem): void {
    if (this.#gone.length > 0) {
      throw malformed('something is named after what is gone');
    }
    const before = this.#byPath.get(item.path);
    if (before) {
      this.#nameOnce(item.path);
      this.#foldersGone ||= before.kind === 'folder' && item.kind !== 'folder';
    } else if (this.#builds) {
      this.#named.add(item.path);
    }
    checkPlace(item.path, this.#byPath);
    this.#byPath.set(item.path, item);
    if (item.kind === 'file') {
      this.#files += 1;
      this.#bytes += item.size;
      this.#contents.add(item);
    }
    this.#told.push(item);
  }

  #takeAway(path: unknown): void {
    if (typeof path !== 'string' || !this.#byPath.has(path)) {
      throw malformed('what is gone was never there');
    }
    this.#nameOnce(path);
    this.#gone.push(path);
  }

  #nameOnce(path: string): void {
    if (!this.#builds || this.#named.has(path)) {
      throw malformed('a path is named twice');
    }
    this.#named.add(path);
  }

  /** Where it builds on another: takes away what is gone, and counts what has stayed. */
  #build(): void {
    if (!this.#builds) {
      return;
    }
    this.#built = true;
    const { byPath, files, bytes } = this.earlier;
    this.#files += files;
    this.#bytes += bytes;
    for (const path of this.#named) {
      const before = byPath.get(path);
      if (before?.kind === 'file') {
        this.#files -= 1;
        this.#bytes -= before.size;
      }
    }
    for (const path of this.#gone) {
      this.#foldersGone ||= this.#byPath.get(path)?.kind === 'folder';
      this.#byPath.delete(path);
    }
    if (this.#foldersGone) {
      [...this.#byPath.keys()].forEach(path => checkPlace(path, this.#byPath));
    }
  }
}

/** Reads an offer that is there as a whole. @throws ProblemError as `OfferReader` does */
export function readOffer(text: Uint8Array): Offer {
  return read(text).offer;
}

function read(text: Uint8Array): { reader: OfferReader; offer: Offer } {
  const reader = new OfferReader();
  reader.read(text);
  const offer = reader.end();
  if (offer === null) {
    throw malformed('it builds on another one');
  }
  return { reader, offer };
}

/** The name of an offer that was kept, by how it begins; null: it has none. */
export function nameOf(begin: string): string | null {
  try {
    const head: unknown = JSON.parse(begin.slice(0, Math.max(0, begin.indexOf('\n'))));
    return Value.Check(Head, head) ? (head.name ?? null) : null;
  } catch {
    return null;
  }
}

/** Reads an offer that was kept. @throws ProblemError as `OfferReader` does */
export function readEarlier(text: Buffer): EarlierOffer {
  const { reader, offer } = read(text);
  const { items, files, bytes } = offer;
  return { name: reader.name, byPath: reader.byPath, lines: linesOf(text.toString('utf8'), items), files, bytes };
}

function linesOf(text: string, items: readonly OfferedItem[]): Map<string, OfferedItem> {
  const lines = new Map<string, OfferedItem>();
  // The first line is the head.
  let at = text.indexOf('\n') + 1;
  for (const item of items) {
    const end = text.indexOf('\n', at);
    lines.set(text.slice(at, end), item);
    at = end + 1;
  }
  return lines;
}

function checkPlace(path: string, items: ReadonlyMap<string, OfferedItem>): void {
  // Its parent has been checked in the same way, so that all parts of the path are good.
  const at = path.lastIndexOf('/');
  if (at >= 0 && items.get(path.slice(0, at))?.kind !== 'folder') {
    throw malformed('a path is not in a folder that was named before');
  }
}
