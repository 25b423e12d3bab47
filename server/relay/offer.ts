import { Type, type Static } from 'typebox';
import { Value } from 'typebox/value';

import { LONGEST_PATH } from '../contract/relay';
import { refuseLeaving } from '../files/problems';
import { ProblemError } from '../problem-error';

const Head = Type.Object({
  format: Type.Literal(1),
  files: Type.Integer({ minimum: 0 }),
  bytes: Type.Integer({ minimum: 0 })
});
type Head = Static<typeof Head>;

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

/** A content of an offer, and the files that have it. Its number is its place in the list. */
export interface Content {
  sha256: string;
  size: number;
  files: OfferedFile[];
}

/** The distinct contents, in the order in which both sides number them. */
export function contentsOf(items: readonly OfferedItem[]): Content[] {
  const contents = new Map<string, Content>();
  for (const item of items) {
    if (item.kind === 'file') {
      const content = contents.get(item.sha256);
      if (content) {
        content.files.push(item);
      } else {
        contents.set(item.sha256, { sha256: item.sha256, size: item.size, files: [item] });
      }
    }
  }
  return [...contents.values()];
}

/** An offer as text: a head, then a line for each item. */
export function writeOffer({ items, files, bytes }: Offer): string {
  const lines = items.map(item => {
    switch (item.kind) {
      case 'file':
        return JSON.stringify(['f', item.path, item.size, item.mtime, item.executable, item.sha256]);
      case 'folder':
        return JSON.stringify(['d', item.path, item.mtime]);
      case 'link':
        return JSON.stringify(['l', item.path, item.target]);
    }
  });
  return `${JSON.stringify({ format: 1, files, bytes } satisfies Head)}\n${lines.map(line => `${line}\n`).join('')}`;
}

/**
 * Reads an offer, and believes nothing: every path stays below the project's folder, each folder is named before what is
 * in it, nothing is named twice or below a file, and no link leads out.
 *
 * @param known - items by their lines, of an offer that was read before: most of a project stays as it is, and those items
 *   are the same objects.
 * @throws ProblemError `invalid_request` or `links_leave_folder`
 */
export function readOffer(text: string, known?: ReadonlyMap<string, OfferedItem>): Offer {
  const lines = text.split('\n');
  if (lines.pop() !== '') {
    throw malformed('it does not end with a line end');
  }
  const head = parsed(lines.shift() ?? '');
  if (!Value.Check(Head, head)) {
    throw malformed('it has no head');
  }
  const kinds = new Map<string, OfferedItem['kind']>([['', 'folder']]);
  const sizes = new Map<string, number>();
  const links = new Map<string, string>();
  const items: OfferedItem[] = [];
  let files = 0;
  let bytes = 0;
  for (const line of lines) {
    const before = known?.get(line);
    const item = before ?? itemOf(parsed(line));
    if (!before) {
      checkPath(item.path);
    }
    checkPlace(item.path, kinds);
    kinds.set(item.path, item.kind);
    if (item.kind === 'file') {
      files += 1;
      bytes += item.size;
      if ((sizes.get(item.sha256) ?? item.size) !== item.size) {
        throw malformed('two files of one hash differ in size');
      }
      sizes.set(item.sha256, item.size);
    } else if (item.kind === 'link') {
      links.set(item.path, item.target);
    }
    items.push(item);
  }
  if (files !== head.files || bytes !== head.bytes || !Number.isSafeInteger(bytes)) {
    throw malformed('its sums are wrong');
  }
  refuseLeaving(links);
  return { items, files, bytes };
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
function itemOf(line: unknown): OfferedItem {
  const [kind, path, ...more]: unknown[] = Array.isArray(line) ? line : [];
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

function checkPlace(path: string, kinds: ReadonlyMap<string, OfferedItem['kind']>): void {
  if (kinds.has(path)) {
    throw malformed('a path is named twice');
  }
  // Its parent has been checked in the same way, so that all parts of the path are good.
  const at = path.lastIndexOf('/');
  if (kinds.get(at < 0 ? '' : path.slice(0, at)) !== 'folder') {
    throw malformed('a path is not in a folder that was named before');
  }
}

function malformed(why: string): ProblemError {
  return new ProblemError('invalid_request', `The list of files that was sent cannot be used: ${why}.`, {
    fix: 'Restart your server to get the version of jupyterhub-dashboards that fits the hub, then publish again.'
  });
}
