import {
  closeSync,
  copyFileSync,
  chmodSync,
  constants,
  fsyncSync,
  linkSync,
  lstatSync,
  lutimesSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmdirSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
  type Stats
} from 'node:fs';
import path from 'node:path';

import { systemCode } from '../../../problem-error';
import { hashOfFile } from '../../../relay/hash-file';
import {
  knownLines,
  readOffer,
  writeOffer,
  type Offer,
  type OfferedFile,
  type OfferedItem
} from '../../../relay/offer';
import { putOnDisk } from './put-on-disk';

/** A file on this side that has a wanted content. */
export interface Holding {
  /** Absolute. */
  file: string;
  mtime: string;
  executable: boolean;
}

/** Where the content of a file comes from. */
export type ContentSource = { kind: 'incoming'; file: string } | { kind: 'held'; by: readonly Holding[] };

/**
 * The project as it was when it was sent last: `replica/`, and beside it `relay/index`, which says what is in it. Files
 * are sealed and never written to, because versions share them: they are replaced, or removed.
 */
export class Replica {
  /** What is there, looked at. */
  #present: ReadonlyMap<string, OfferedItem> | null = null;
  #lines: ReadonlyMap<string, OfferedItem> = new Map();

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

  /** Items by the lines of the offer that the replica was made of: what is offered next is much the same. */
  get lines(): ReadonlyMap<string, OfferedItem> {
    this.present();
    return this.#lines;
  }

  /** Looks again the next time: something was not as it was thought to be. */
  forget(): void {
    this.#present = null;
  }

  /**
   * Makes the replica what the offer says. Everything new is made beside it and put on the disk first; what follows are
   * renames. Whoever dies among those leaves a mark, and what there is will be read.
   *
   * @param sourceOf - for a file that is not there yet.
   */
  update(offer: Offer, sourceOf: (file: OfferedFile) => ContentSource): void {
    const present = this.present();
    const wanted = new Map(offer.items.map(item => [item.path, item]));
    const staging = path.join(this.store, 'staging');
    rmSync(staging, { recursive: true, force: true });
    mkdirSync(staging, { recursive: true, mode: 0o700 });
    mkdirSync(this.root, { recursive: true, mode: 0o700 });
    const staged = this.#stage(offer, present, staging, sourceOf);
    putOnDisk(this.store, [...staged.values()]);
    writeFileSync(this.#mark, '');
    this.#present = null;
    this.#remove(present, wanted);
    const touched = new Set<string>(['']);
    for (const item of offer.items) {
      const target = this.#at(item.path);
      const there = present.get(item.path);
      const from = staged.get(item.path);
      if (item.kind === 'folder') {
        if (there?.kind !== 'folder') {
          makeFolder(target);
          touched.add(folderOf(item.path)).add(item.path);
        } else if (there.mtime !== item.mtime) {
          touched.add(item.path);
        }
      } else if (from !== undefined) {
        clear(target);
        renameSync(from, target);
        touched.add(folderOf(item.path));
      }
    }
    for (const removed of present.keys()) {
      if (!wanted.has(removed)) {
        touched.add(folderOf(removed));
      }
    }
    for (const item of offer.items) {
      if (item.kind === 'folder' && touched.has(item.path)) {
        const seconds = inSeconds(item.mtime);
        lutimesSync(this.#at(item.path), seconds, seconds);
      }
    }
    const folders = [...touched].filter(folder => folder === '' || wanted.get(folder)?.kind === 'folder');
    this.#keepIndex(
      offer,
      folders.map(folder => this.#at(folder))
    );
    rmSync(staging, { recursive: true, force: true });
    this.#present = wanted;
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

  /** @param folders - what has got new names, which must last before the index says that it is there. */
  #keepIndex(offer: Offer, folders: readonly string[]): void {
    const unfinished = `${this.#index}.new`;
    writeFileSync(unfinished, writeOffer(offer), { mode: 0o600 });
    putOnDisk(this.store, [unfinished, ...folders]);
    renameSync(unfinished, this.#index);
    rmSync(this.#mark, { force: true });
    flushFolder(this.store);
  }

  /** Everything that is new, under names of no meaning: sealed, with its times. */
  #stage(
    offer: Offer,
    present: ReadonlyMap<string, OfferedItem>,
    staging: string,
    sourceOf: (file: OfferedFile) => ContentSource
  ): Map<string, string> {
    const staged = new Map<string, string>();
    /** Contents that have come in and are in `staged` by now. */
    const taken = new Map<string, Holding[]>();
    for (const item of offer.items) {
      const there = present.get(item.path);
      if (item.kind === 'folder' || (there && sameItem(there, item))) {
        continue;
      }
      const target = path.join(staging, String(staged.size));
      if (item.kind === 'link') {
        symlinkSync(item.target, target);
      } else {
        const held = taken.get(item.sha256);
        const source: ContentSource = held ? { kind: 'held', by: held } : sourceOf(item);
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

  /** What is not wanted any longer, and what is in the way of something of another kind. */
  #remove(present: ReadonlyMap<string, OfferedItem>, wanted: ReadonlyMap<string, OfferedItem>): void {
    for (const item of [...present.values()].reverse()) {
      const next = wanted.get(item.path);
      const target = this.#at(item.path);
      if (item.kind === 'folder' && next?.kind !== 'folder') {
        try {
          rmdirSync(target);
        } catch (error) {
          if (systemCode(error) !== 'ENOENT') {
            rmSync(target, { recursive: true, force: true });
          }
        }
      } else if (item.kind !== 'folder' && (!next || next.kind === 'folder')) {
        rmSync(target, { force: true });
      }
    }
  }

  #look(): ReadonlyMap<string, OfferedItem> {
    const interrupted = lstatSync(this.#mark, { throwIfNoEntry: false }) !== undefined;
    const items = interrupted ? null : this.#readIndex();
    if (items === null) {
      // The names are where they were put, or not yet: what is there is read.
      const found = [...readTree(this.root, '')];
      return new Map(found.map(item => [item.path, item]));
    }
    // Folders first, so that nothing is looked for behind a link that has taken a folder's place.
    const intact = items.filter(item => {
      const target = this.#at(item.path);
      const asItWas = isIntact(target, item);
      if (!asItWas) {
        rmSync(target, { recursive: true, force: true });
      }
      return asItWas;
    });
    return new Map(intact.map(item => [item.path, item]));
  }

  #readIndex(): readonly OfferedItem[] | null {
    try {
      const text = readFileSync(this.#index, 'utf8');
      const offer = readOffer(text);
      this.#lines = knownLines(text, offer);
      return offer.items;
    } catch {
      return null; // There is none, or it is damaged: what is there says the same.
    }
  }
}

/** Whether nothing has to be done for an item that is there. Times of folders are set afterwards. */
function sameItem(there: OfferedItem, wanted: OfferedItem): boolean {
  if (there.kind === 'file' && wanted.kind === 'file') {
    return (
      there.sha256 === wanted.sha256 && there.executable === wanted.executable && sameTime(there.mtime, wanted.mtime)
    );
  }
  return there.kind === 'link' && wanted.kind === 'link' && there.target === wanted.target;
}

/** Whether a sealed file that is there is the file that is meant. */
export function isIntactFile(stat: Stats, { size, mtime }: Pick<OfferedFile, 'size' | 'mtime'>): boolean {
  return (
    stat.isFile() &&
    stat.size === size &&
    (stat.mode & 0o222) === 0 &&
    Math.abs(stat.mtimeMs - inSeconds(mtime) * 1_000) < COARSE_MS
  );
}

/** Times are set in seconds as a floating point number, which holds less than nanoseconds. */
const COARSE_MS = 0.01;

function sameTime(one: string, other: string): boolean {
  return one === other || Math.abs(inSeconds(one) - inSeconds(other)) * 1_000 < COARSE_MS;
}

function isIntact(target: string, item: OfferedItem): boolean {
  const stat = lstatSync(target, { throwIfNoEntry: false });
  if (item.kind === 'folder') {
    return stat?.isDirectory() ?? false;
  }
  if (item.kind === 'link') {
    return (stat?.isSymbolicLink() ?? false) && readlinkSync(target) === item.target;
  }
  return stat !== undefined && isIntactFile(stat, item) && ((stat.mode & 0o111) !== 0) === item.executable;
}

function* readTree(root: string, at: string): Generator<OfferedItem> {
  let names: string[];
  try {
    names = readdirSync(path.join(root, at)).sort();
  } catch (error) {
    if (systemCode(error) === 'ENOENT') {
      return;
    }
    throw error;
  }
  for (const name of names) {
    const below = at === '' ? name : `${at}/${name}`;
    const target = path.join(root, below);
    const stat = lstatSync(target, { bigint: true });
    if (stat.isDirectory()) {
      yield { kind: 'folder', path: below, mtime: String(stat.mtimeNs) };
      yield* readTree(root, below);
    } else if (stat.isSymbolicLink()) {
      yield { kind: 'link', path: below, target: readlinkSync(target) };
    } else if (stat.isFile() && (stat.mode & 0o222n) === 0n) {
      const executable = (stat.mode & 0o111n) !== 0n;
      const size = Number(stat.size);
      yield { kind: 'file', path: below, size, mtime: String(stat.mtimeNs), executable, sha256: hashOfFile(target) };
    } else {
      unlinkSync(target);
    }
  }
}

/** Gives a file that nobody else has yet its time, and lets nobody write to it. */
function seal(file: string, { mtime, executable }: OfferedFile): void {
  const seconds = inSeconds(mtime);
  utimesSync(file, seconds, seconds);
  chmodSync(file, executable ? 0o555 : 0o444);
}

/** Reasons to copy a file instead of linking to it: too many links, another file system, none allowed. */
const CANNOT_SHARE = new Set(['EMLINK', 'EXDEV', 'EPERM', 'ENOTSUP', 'EOPNOTSUPP']);

function shareOrCopy(holdings: readonly Holding[], item: OfferedFile, target: string): void {
  const twin = holdings.find(({ mtime, executable }) => executable === item.executable && sameTime(mtime, item.mtime));
  if (twin) {
    try {
      linkSync(twin.file, target);
      return;
    } catch (error) {
      if (!CANNOT_SHARE.has(systemCode(error) ?? '')) {
        throw error;
      }
    }
  }
  copyFileSync((twin ?? holdings[0])?.file ?? '', target, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
  seal(target, item);
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

function flushFolder(folder: string): void {
  const fd = openSync(folder, 'r');
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

function folderOf(at: string): string {
  const slash = at.lastIndexOf('/');
  return slash < 0 ? '' : at.slice(0, slash);
}

function inSeconds(nanoseconds: string): number {
  return Number(BigInt(nanoseconds)) / 1e9;
}
