import {
  closeSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  rmdirSync,
  rmSync,
  symlinkSync,
  writeFileSync
} from 'node:fs';
import path from 'node:path';

import { makeFoldersSync } from '../../../files/make-folders';
import { flush } from '../../../files/flush';
import { keepTimeAt } from '../../../files/times';
import { systemCode } from '../../../problem-error';
import type { OfferedFile, OfferedItem } from '../../../relay/offer';
import { nameOf, NOTHING, readEarlier, type EarlierOffer } from '../../../relay/offer-reader';
import { isIntact, sameTime } from './intact';
import { PublishedLines } from './published-lines';
import { readTree } from './read-tree';
import { seal, shareOrCopy, type Holding } from './sealed-file';

/** More than the first line of an index. */
const BEGIN = 256;

/** Where the content of a file comes from. */
export type ContentSource = { kind: 'incoming'; file: string } | { kind: 'held'; by: readonly Holding[] };

/** What has to be done to the replica to make it what was offered. */
export interface Difference {
  /** By their paths, folders before what is in them. */
  wanted: ReadonlyMap<string, OfferedItem>;
  /** Of those what is not there, or not so. */
  changed: readonly OfferedItem[];
  /** What is there and not wanted any longer, or in the way of something of another kind; folders after what is in them. */
  unwanted: readonly OfferedItem[];
}

/**
 * The project as it was when it was sent last: `replica/`, and beside it `relay/index`, which says what is in it. Files
 * are sealed and never written to, because versions share them: they are replaced, or removed.
 */
export class Replica {
  /** What is there, looked at. */
  #present: ReadonlyMap<string, OfferedItem> | null = null;
  #earlier = NOTHING;
  #published: PublishedLines | null = null;

  /** @param store - the folder `relay` beside it. */
  constructor(
    readonly root: string,
    private readonly store: string
  ) {}

  /** What is there and is as it was put there. */
  present(): ReadonlyMap<string, OfferedItem> {
    this.#present ??= this.#look();
    return this.#present;
  }

  /** Of all contents that are there. */
  hashes(): Set<string> {
    const hashes = new Set<string>();
    for (const item of this.present().values()) {
      if (item.kind === 'file') {
        hashes.add(item.sha256);
      }
    }
    return hashes;
  }

  /** The offer that the replica was made of: what is offered next is much the same. It has a name if all of it is there. */
  get earlier(): EarlierOffer {
    this.present();
    return this.#earlier;
  }

  /** Made of that offer's items. */
  get published(): PublishedLines {
    // Looks first, after which there may be none.
    const { byPath } = this.earlier;
    this.#published ??= new PublishedLines(byPath);
    return this.#published;
  }

  /** Makes what all this takes, before anybody asks. */
  makeReady(): void {
    void this.published;
  }

  /** The name of that offer, before anybody has looked at what is there. */
  name(): string | null {
    try {
      return this.#marked() ? null : nameOf(beginOf(this.#index));
    } catch {
      return null; // What is wrong here is found again where it is told.
    }
  }

  /** Where an update gathers what is new. */
  get staging(): string {
    return path.join(this.store, 'staging');
  }

  /** Looks again the next time: something was not as it was thought to be. */
  forget(): void {
    this.#present = null;
  }

  /** @param wanted - items by their paths, folders before what is in them */
  compare(wanted: ReadonlyMap<string, OfferedItem>): Difference {
    const present = this.present();
    const changed: OfferedItem[] = [];
    let replaced = 0;
    for (const item of wanted.values()) {
      const there = present.get(item.path);
      replaced += there && isFolder(there) === isFolder(item) ? 1 : 0;
      if (there !== item && !(there && sameItem(there, item))) {
        changed.push(item);
      }
    }
    const unwanted =
      replaced === present.size
        ? []
        : [...present.values()].filter(there => {
            const item = wanted.get(there.path);
            return !item || isFolder(item) !== isFolder(there);
          });
    return { wanted, changed, unwanted: unwanted.reverse() };
  }

  /**
   * Makes the replica what the offer says. Everything new is made beside it; what follows are renames. Whoever dies among
   * those leaves a mark, and what there is will be read. All of it is put on the disk at once, before there is the index that
   * vouches for it, and the mark first: btrfs keeps what is put there one by one, whatever came before it, so that after a
   * power failure there would be renames and no mark. Otherwise file systems keep names in their order.
   *
   * @param text - of the offer, by which the next one finds what is here.
   * @param sourceOf - for a file that is not there yet.
   */
  update(
    { wanted, changed, unwanted }: Difference,
    text: Uint8Array,
    sourceOf: (file: OfferedFile) => ContentSource
  ): void {
    const present = this.present();
    const { staging } = this;
    rmSync(staging, { recursive: true, force: true });
    makeFoldersSync(staging);
    makeFolder(this.root);
    const staged = this.#stage(changed, staging, sourceOf);
    writeFileSync(this.#mark, '');
    this.#present = null;
    const touched = new Set<string>(['']);
    for (const item of unwanted) {
      this.#remove(item);
      touched.add(folderOf(item.path));
    }
    for (const item of changed) {
      const target = this.#at(item.path);
      const from = staged.get(item.path);
      if (from !== undefined) {
        clear(target);
        renameSync(from, target);
        touched.add(folderOf(item.path));
      } else {
        touched.add(item.path);
        if (present.get(item.path)?.kind !== 'folder') {
          makeFolder(target);
          touched.add(folderOf(item.path));
        }
      }
    }
    const folders = [...touched].filter(folder => folder === '' || wanted.get(folder)?.kind === 'folder');
    for (const folder of folders) {
      const item = wanted.get(folder);
      if (item?.kind === 'folder') {
        keepTimeAt(this.#at(folder), BigInt(item.mtime));
      }
    }
    this.#keepIndex(
      text,
      [...staged.keys(), ...folders].map(at => this.#at(at))
    );
    rmSync(staging, { recursive: true, force: true });
  }

  #at(path: string): string {
    return path === '' ? this.root : `${this.root}/${path}`;
  }

  get #mark(): string {
    return path.join(this.store, 'updating');
  }

  get #index(): string {
    return path.join(this.store, 'index');
  }

  /** @param items - what is new, and the folders with new names: all that must last before the index says that it is there. */
  #keepIndex(text: Uint8Array, items: readonly string[]): void {
    const unfinished = path.join(this.staging, 'index');
    writeFileSync(unfinished, text);
    flush(this.store, [this.#mark, unfinished, ...items]);
    renameSync(unfinished, this.#index);
    // If this does not last, the worst is that what is there is read.
    rmSync(this.#mark, { force: true });
  }

  /** Everything that is new, sealed, with its times: what has been received under its hash, the rest under numbers. */
  #stage(
    changed: readonly OfferedItem[],
    staging: string,
    sourceOf: (file: OfferedFile) => ContentSource
  ): Map<string, string> {
    const staged = new Map<string, string>();
    /** Contents that have come in and are in `staged` by now. */
    const taken = new Map<string, Holding[]>();
    for (const item of changed) {
      if (item.kind === 'folder') {
        continue;
      }
      let target = path.join(staging, String(staged.size));
      if (item.kind === 'link') {
        symlinkSync(item.target, target);
      } else {
        const held = taken.get(item.sha256);
        const source: ContentSource = held ? { kind: 'held', by: held } : sourceOf(item);
        // By this name it is found again if nothing comes of the update.
        target = source.kind === 'incoming' ? path.join(staging, item.sha256) : target;
        if (source.kind === 'incoming') {
          renameSync(source.file, target);
          seal(target, item);
        } else {
          shareOrCopy(source.by, item, target);
        }
        taken.set(item.sha256, [...(held ?? []), { file: target, mtime: item.mtime, executable: item.executable }]);
      }
      staged.set(item.path, target);
    }
    return staged;
  }

  #remove({ kind, path }: OfferedItem): void {
    const target = this.#at(path);
    if (kind !== 'folder') {
      rmSync(target, { force: true });
      return;
    }
    try {
      rmdirSync(target);
    } catch (error) {
      if (systemCode(error) !== 'ENOENT') {
        rmSync(target, { recursive: true, force: true });
      }
    }
  }

  #marked(): boolean {
    return lstatSync(this.#mark, { throwIfNoEntry: false }) !== undefined;
  }

  #look(): ReadonlyMap<string, OfferedItem> {
    this.#earlier = NOTHING;
    this.#published = null;
    if (!lstatSync(this.root, { throwIfNoEntry: false })?.isDirectory()) {
      return new Map(); // Where a link has taken its place, what that leads to is not ours to remove.
    }
    const earlier = this.#marked() ? null : this.#readIndex();
    if (earlier === null) {
      // The names are where they were put, or not yet: what is there is read.
      const found = [...readTree(this.root, '')];
      return new Map(found.map(item => [item.path, item]));
    }
    // Folders first, so that nothing is looked for behind a link that has taken a folder's place.
    const items = [...earlier.byPath.values()];
    const intact = items.filter(item => {
      const target = this.#at(item.path);
      const asItWas = isIntact(target, item);
      if (!asItWas) {
        rmSync(target, { recursive: true, force: true });
      }
      return asItWas;
    });
    const whole = intact.length === items.length;
    this.#earlier = whole ? earlier : { ...earlier, name: null };
    return whole ? earlier.byPath : new Map(intact.map(item => [item.path, item]));
  }

  #readIndex(): EarlierOffer | null {
    try {
      return readEarlier(readFileSync(this.#index));
    } catch {
      return null; // There is none, or it is damaged: what is there says the same.
    }
  }
}

/** Whether nothing has to be done for an item that is there. */
function sameItem(there: OfferedItem, wanted: OfferedItem): boolean {
  if (there.kind === 'file' && wanted.kind === 'file') {
    return (
      there.sha256 === wanted.sha256 && there.executable === wanted.executable && sameTime(there.mtime, wanted.mtime)
    );
  }
  if (there.kind === 'folder' && wanted.kind === 'folder') {
    return there.mtime === wanted.mtime;
  }
  return there.kind === 'link' && wanted.kind === 'link' && there.target === wanted.target;
}

function isFolder({ kind }: OfferedItem): boolean {
  return kind === 'folder';
}

/** A name that is free for something new: whatever is there is not what it should be. */
function clear(target: string): void {
  if (lstatSync(target, { throwIfNoEntry: false })?.isDirectory()) {
    rmSync(target, { recursive: true, force: true });
  }
}

function makeFolder(target: string): void {
  if (!lstatSync(target, { throwIfNoEntry: false })?.isDirectory()) {
    rmSync(target, { force: true });
    mkdirSync(target, { mode: 0o700 });
  }
}

function beginOf(file: string): string {
  const fd = openSync(file, 'r');
  try {
    const bytes = Buffer.alloc(BEGIN);
    return bytes.toString('latin1', 0, readSync(fd, bytes, 0, BEGIN, 0));
  } finally {
    closeSync(fd);
  }
}

function folderOf(at: string): string {
  const slash = at.lastIndexOf('/');
  return slash < 0 ? '' : at.slice(0, slash);
}
