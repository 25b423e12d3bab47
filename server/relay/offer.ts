import { Type, type Static } from 'typebox';

import { Sha256 } from '../contract/relay';

export const Head = Type.Object({
  format: Type.Literal(2),
  /** The offer that this one builds on, by its hash: it tells what is different since. Left out: it tells all. */
  base: Type.Optional(Sha256),
  /** Of an offer that is kept: the hash of what was sent, by which the next one builds on it. */
  name: Type.Optional(Sha256)
});
export type Head = Static<typeof Head>;

export const Foot = Type.Object({ files: Type.Integer({ minimum: 0 }), bytes: Type.Integer({ minimum: 0 }) });
export type Foot = Static<typeof Foot>;

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
 * An offer as text: a head, a line for each item, and a foot with the sums of the whole project, which are known last. It is
 * sent, and read, while it grows. One that builds on another has lines for what is new or different, then for what is gone.
 */
export function offerHead(more: Omit<Head, 'format'> = {}): string {
  return `${JSON.stringify({ format: 2, ...more } satisfies Head)}\n`;
}

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

/** Of an item of the offer that this one builds on. What is in a folder has lines of its own. */
export function goneLine(path: string): string {
  return `${JSON.stringify(['-', path])}\n`;
}

export function offerFoot({ files, bytes }: Pick<Offer, 'files' | 'bytes'>): string {
  return `${JSON.stringify({ files, bytes } satisfies Foot)}\n`;
}
