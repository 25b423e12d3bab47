import { StringDecoder } from 'node:string_decoder';

import { Type, type Static } from 'typebox';
import { Value } from 'typebox/value';

import { LONGEST_PATH } from '../contract/relay';
import { refuseLeaving } from '../files/problems';
import { ProblemError } from '../problem-error';

const Head = Type.Object({ format: Type.Literal(2) });
type Head = Static<typeof Head>;

const Foot = Type.Object({ files: Type.Integer({ minimum: 0 }), bytes: Type.Integer({ minimum: 0 }) });
type Foot = Static<typeof Foot>;

export interface OfferedFile {
  kind: 'file';
  path: string;
  size: number;
  /** In nanoseconds. */
  mtime: string;
  executable: boolean;
  sha256: string;
}
export interface OfferedFolder {
  kind: 'folder';
  path: string;
  mtime: string;
}
export interface OfferedLink {
  kind: 'link';
  path: string;
  target: string;
}
export type OfferedItem = OfferedFile | OfferedFolder | OfferedLink;

/** A whole project: what it consists of, folders before what is in them. */
export interface Offer {
  items: readonly OfferedItem[];
  files: number;
  bytes: number;
}

/** A content of an offer, and the files that have it, one at least. Its number is its place in the list. */
export interface Content<F extends OfferedFile = OfferedFile> {
  sha256: string;
  size: number;
  files: F[];
}

/** The distinct contents of an offer, in the order in which both sides number them. */
export class Contents<F extends OfferedFile = OfferedFile> {
  readonly list: Content<F>[] = [];
  /** One whose files differ in size: a hash was remembered wrongly, or somebody lies. */
  torn: Content<F> | null = null;
  readonly #byHash = new Map<string, Content<F>>();

  add(file: F): void {
    const content = this.#byHash.get(file.sha256);
    if (!content) {
      const first = { sha256: file.sha256, size: file.size, files: [file] };
      this.#byHash.set(file.sha256, first);
      this.list.push(first);
    } else {
      content.files.push(file);
      if (content.size !== file.size) {
        this.torn = content;
      }
    }
  }
}

/**
 * An offer as text: a head, a line for each item, and a foot with the sums, which are known last. It is sent, and read,
 * while it grows.
 */
export const OFFER_HEAD = `${JSON.stringify({ format: 2 } satisfies Head)}\n`;

export function offerLine(item: OfferedItem): string {
  switch (item.kind) {
    case 'file':
      // What needs no escaping is written as it is: a project has many files.
      return `["f",${JSON.stringify(item.path)},${item.size},"${item.mtime}",${item.executable},"${item.sha256}"]\n`;
    case 'folder':
      return `${JSON.stringify(['d', item.path, item.mtime])}\n`;
    case 'link':
      return `${JSON.stringify(['l', item.path, item.target])}\n`;
  }
}

export function offerFoot({ files, bytes }: Pick<Offer, 'files' | 'bytes'>): string {
  return `${JSON.stringify({ files, bytes } satisfies Foot)}\n`;
}

/** No line is longer: names are limited, and so is what JSON makes of them. */
const LONGEST_LINE = 16 * LONGEST_PATH;

/**
 * Reads an offer piece by piece, and believes nothing: every path stays below the project's folder, each folder is named
 * before what is in it, nothing is named twice or below a file, and no link leads out.
 */
export class OfferReader {
  readonly #decoder = new StringDecoder('utf8');
  readonly #items: OfferedItem[] = [];
  readonly #byPath = new Map<string, OfferedItem>();
  readonly #contents = new Contents();
  readonly #links = new Map<string, string>();
  #rest = '';
  #files = 0;
  #bytes = 0;
  #head = false;
  #foot: Foot | null = null;

  /**
   * @param known - items by their lines, of an offer that was read before: most of a project stays as it is, and those items
   *   are the same objects.
   */
  constructor(private readonly known: ReadonlyMap<string, OfferedItem> = new Map()) {}

  /** Files, folders and links so far. */
  get items(): readonly OfferedItem[] {
    return this.#items;
  }

  /** Of the files so far. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Takes the next piece, which may end anywhere. @throws ProblemError `invalid_request` */
  read(piece: Uint8Array): void {
    const lines = (this.#rest + this.#decoder.write(piece)).split('\n');
    this.#rest = lines.pop() ?? '';
    for (const line of lines) {
      this.#line(line);
    }
    if (this.#rest.length > LONGEST_LINE) {
      throw malformed('a line is too long');
    }
  }

  get byPath(): ReadonlyMap<string, OfferedItem> {
    return this.#byPath;
  }

  get contents(): readonly Content[] {
    return this.#contents.list;
  }

  /** The offer, once all of it has been read. @throws ProblemError `invalid_request` or `links_leave_folder` */
  end(): Offer {
    if (!this.#foot || this.#rest + this.#decoder.end() !== '') {
      throw malformed('it has no end');
    }
    const { files, bytes } = this.#foot;
    if (files !== this.#files || bytes !== this.#bytes || !Number.isSafeInteger(bytes)) {
      throw malformed('its sums are wrong');
    }
    if (this.#contents.torn) {
      throw malformed('two files of one hash differ in size');
    }
    refuseLeaving(this.#links);
    return { items: this.#items, files, bytes };
  }

  #line(line: string): void {
    if (this.#foot) {
      throw malformed('it goes on after its end');
    }
    const before = this.#head ? this.known.get(line) : undefined;
    if (before) {
      this.#take(before);
      return;
    }
    const value = parsed(line);
    if (!this.#head) {
      this.#head = Value.Check(Head, value);
      if (!this.#head) {
        throw malformed('it has no head');
      }
    } else if (Array.isArray(value)) {
      const item = itemOf(value);
      checkPath(item.path);
      this.#take(item);
    } else if (Value.Check(Foot, value)) {
      this.#foot = value;
    } else {
      throw malformed('a line is no item');
    }
  }

  /** @param item - with a path that is good by itself */
  #take(item: OfferedItem): void {
    checkPlace(item.path, this.#byPath);
    this.#byPath.set(item.path, item);
    if (item.kind === 'file') {
      this.#files += 1;
      this.#bytes += item.size;
      this.#contents.add(item);
    } else if (item.kind === 'link') {
      this.#links.set(item.path, item.target);
    }
    this.#items.push(item);
  }
}

/** Reads an offer that is there as a whole. @throws ProblemError as `OfferReader` does */
export function readOffer(text: Uint8Array): Offer {
  const reader = new OfferReader();
  reader.read(text);
  return reader.end();
}

/** The items of an offer that was read before, by their lines. */
export function knownLines(text: string, { items }: Offer): Map<string, OfferedItem> {
  const known = new Map<string, OfferedItem>();
  // The first line is the head.
  let at = text.indexOf('\n') + 1;
  for (const item of items) {
    const end = text.indexOf('\n', at);
    known.set(text.slice(at, end), item);
    at = end + 1;
  }
  return known;
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    throw malformed('a line is not JSON');
  }
}

/** Half a character has no UTF-8. */
const HALF = /\p{Surrogate}/u;
const NANOSECONDS = /^-?\d{1,20}$/;
const SHA256 = /^[0-9a-f]{64}$/;

/** By hand: a project has many lines, and a schema takes ten times as long for each. */
function itemOf(line: readonly unknown[]): OfferedItem {
  const [kind, path, ...more] = line;
  if (typeof path === 'string') {
    const [first, mtime, executable, sha256] = more;
    if (
      kind === 'f' &&
      Number.isSafeInteger(first) &&
      typeof first === 'number' &&
      first >= 0 &&
      isText(mtime, NANOSECONDS) &&
      typeof executable === 'boolean' &&
      isText(sha256, SHA256)
    ) {
      return { kind: 'file', path, size: first, mtime, executable, sha256 };
    }
    if (kind === 'd' && isText(first, NANOSECONDS)) {
      return { kind: 'folder', path, mtime: first };
    }
    if (kind === 'l' && isText(first, /^[^\0]+$/) && Buffer.byteLength(first) <= LONGEST_PATH && !HALF.test(first)) {
      return { kind: 'link', path, target: first };
    }
  }
  throw malformed('a line is no item');
}

function isText(value: unknown, pattern: RegExp): value is string {
  return typeof value === 'string' && pattern.test(value);
}

const LONGEST_NAME = 255;

function checkPath(path: string): void {
  const name = path.slice(path.lastIndexOf('/') + 1);
  if (
    name === '' ||
    name === '.' ||
    name === '..' ||
    path.includes('\0') ||
    HALF.test(path) ||
    Buffer.byteLength(name) > LONGEST_NAME ||
    Buffer.byteLength(path) > LONGEST_PATH
  ) {
    throw malformed('a path is none');
  }
}

function checkPlace(path: string, before: ReadonlyMap<string, OfferedItem>): void {
  if (before.has(path)) {
    throw malformed('a path is named twice');
  }
  // Its parent has been checked in the same way, so that all parts of the path are good.
  const at = path.lastIndexOf('/');
  if (at >= 0 && before.get(path.slice(0, at))?.kind !== 'folder') {
    throw malformed('a path is not in a folder that was named before');
  }
}

function malformed(why: string): ProblemError {
  return new ProblemError('invalid_request', `The list of files that was sent cannot be used: ${why}.`, {
    fix: 'Restart your server to get the version of jupyterhub-dashboards that fits the hub, then publish again.'
  });
}
