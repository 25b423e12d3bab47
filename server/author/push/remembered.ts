import { createHash, hash, randomBytes } from 'node:crypto';
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  type BigIntStats
} from 'node:fs';
import path from 'node:path';

import { STORE } from '../../files/home';
import type { OfferedFolder, OfferedLink } from '../../relay/offer';
import type { ReadFile } from './read-file';

/** Clocks of file systems are coarse, those of network file systems not ours: a change this close may leave no trace. */
const MARGIN_NS = 5_000_000_000n;
const SHA256_LENGTH = 64;
/** Projects that are remembered. */
const MOST = 50;

/** What was found at a path. */
interface Known {
  kind: (ReadFile | OfferedFolder | OfferedLink)['kind'];
  /** Identity of a file, time of a folder, target of a link. */
  told: string;
  /** Of a file whose times tell of every change since; else empty. */
  sha256: string;
  /** Something has been found there again. */
  met: boolean;
}

/** What was offered last and taken as a whole, with its sums. */
interface Offered {
  sha256: string;
  files: number;
  bytes: number;
}

/**
 * A project as it was when it was read last: hashes of its files, by what tells that they have not changed (device, inode,
 * size, both times and the mode), and which offer it was sent with, on which the next one can build. One file per project,
 * in the author's home, which ends with its own hash. Losing it, or finding it damaged, costs reading and offering the
 * project anew, and nothing else.
 */
export class Remembered {
  readonly #file: string;
  readonly #known: ReadonlyMap<string, Known>;
  readonly #offered: Offered | null;
  readonly #trusted: bigint;
  /** Hashes by identities: what has been moved is not read again. Made when it is needed. */
  #moved: ReadonlyMap<string, string> | null = null;
  /** What the walk has found that is not as it was. */
  #found = new Map<string, Known>();
  #met = 0;
  #based = false;
  #sums = { files: 0, bytes: 0 };

  /**
   * @param root - the project's folder, absolute.
   * @param now - in ms: what changed right before is not remembered.
   * @param believed - whether what was remembered counts.
   */
  constructor(home: string, root: string, now: number, believed: boolean) {
    const folder = path.join(home, STORE, 'hashes');
    this.#file = path.join(folder, createHash('sha256').update(root).digest('hex').slice(0, 32));
    const { known, offered } = believed ? read(this.#file) : NOTHING;
    this.#known = known;
    this.#offered = offered;
    this.#trusted = BigInt(Math.floor(now)) * 1_000_000n - MARGIN_NS;
  }

  /**
   * A walk begins.
   *
   * @param base - the offer that the other end has, by its hash. @returns whether this one builds on it
   */
  begin(base: string | null): boolean {
    this.#known.forEach(known => (known.met = false));
    this.#found = new Map();
    this.#met = 0;
    this.#based = base !== null && this.#offered?.sha256 === base;
    this.#sums = { files: 0, bytes: 0 };
    if (this.#based && this.#offered) {
      const { files, bytes } = this.#offered;
      this.#sums = { files, bytes };
    }
    return this.#based;
  }

  /** Whether the other end knows this by the offer that the new one builds on. */
  isOffered(path: string, kind: Known['kind'], told: string): boolean {
    const known = this.#based ? this.#known.get(path) : undefined;
    if (known?.told !== told || known.kind !== kind || (kind === 'file' && known.sha256 === '')) {
      return false;
    }
    this.#meet(known);
    return true;
  }

  /** The hash of a file. @param identity - `identityOf` it as it is now. */
  sha256(path: string, identity: string): string | undefined {
    const known = this.#known.get(path);
    if (known?.told === identity && known.sha256 !== '') {
      return known.sha256;
    }
    this.#moved ??= byIdentity(this.#known);
    return this.#moved.get(identity);
  }

  /** Whether the times of a file would tell of a change that comes now. */
  isSettled({ mtimeNs, ctimeNs }: BigIntStats): boolean {
    return mtimeNs < this.#trusted && ctimeNs < this.#trusted;
  }

  /** Takes what the other end does not know. */
  add(item: ReadFile | OfferedFolder | OfferedLink): void {
    const known = this.#based ? this.#known.get(item.path) : undefined;
    this.#discount(this.#found.get(item.path) ?? known);
    if (known) {
      this.#meet(known);
    }
    this.#found.set(item.path, knownAs(item));
    if (item.kind === 'file') {
      this.#sums.files += 1;
      this.#sums.bytes += item.size;
    }
  }

  /** The walk is over. @returns what the other end knows and is gone, and the sums of what is there */
  end(): { gone: string[]; files: number; bytes: number } {
    const gone: string[] = [];
    if (this.#based && this.#met < this.#known.size) {
      for (const [path, known] of this.#known) {
        if (!known.met) {
          this.#discount(known);
          gone.push(path);
        }
      }
    }
    return { gone, ...this.#sums };
  }

  /**
   * Keeps what was found, and nothing else. Failing to is no failure of the push.
   *
   * @param sha256 - of the offer that was taken as a whole; null: it was not.
   */
  save(sha256: string | null): void {
    const folder = path.dirname(this.#file);
    const text = textOf(sha256 === null ? null : { sha256, ...this.#sums }, this.#all());
    try {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      replace(this.#file, text + sealOf(text));
      prune(folder);
    } catch {
      // As above: what cannot be written here may not even be looked at.
    }
  }

  *#all(): Generator<[string, Known]> {
    for (const [path, known] of this.#known) {
      if (known.met && !this.#found.has(path)) {
        yield [path, known];
      }
    }
    yield* this.#found;
  }

  #meet(known: Known): void {
    this.#met += known.met ? 0 : 1;
    known.met = true;
  }

  /** What was at a path counts no longer. */
  #discount(known: Known | undefined): void {
    if (known?.kind === 'file') {
      this.#sums.files -= 1;
      this.#sums.bytes -= Number(partsOf(known.told).size);
    }
  }
}

function knownAs(item: ReadFile | OfferedFolder | OfferedLink): Known {
  const { kind } = item;
  switch (item.kind) {
    case 'file':
      return { kind, told: item.identity, sha256: item.settled ? item.sha256 : '', met: false };
    case 'folder':
      return { kind, told: item.mtime, sha256: '', met: false };
    case 'link':
      return { kind, told: item.target, sha256: '', met: false };
  }
}

function byIdentity(known: ReadonlyMap<string, Known>): Map<string, string> {
  const hashes = new Map<string, string>();
  for (const { told, sha256 } of known.values()) {
    if (sha256 !== '') {
      hashes.set(told, sha256);
    }
  }
  return hashes;
}

/** What tells that a file has not changed; written as `find` writes it. */
export function identityOf({ dev, ino, size, mtimeNs, ctimeNs, mode }: BigIntStats): string {
  const permissions = (Number(mode) & 0o7777).toString(8);
  return `${dev} ${BigInt.asUintN(64, ino)} ${size} ${seconds(mtimeNs)} ${seconds(ctimeNs)} ${permissions}`;
}

/** What an identity tells of a file. */
export function partsOf(identity: string): { size: string; mtime: string; mode: string } {
  const [, , size = '', mtime = '', , mode = ''] = identity.split(' ');
  return { size, mtime, mode };
}

function seconds(nanoseconds: bigint): string {
  const digits = String(nanoseconds).padStart(10, '0');
  return `${digits.slice(0, -9)}.${digits.slice(-9)}0`;
}

const FORMAT = 2;
const LETTERS = { file: 'f', folder: 'd', link: 'l' } as const;
const KINDS = new Map<string, Known['kind']>([
  ['f', 'file'],
  ['d', 'folder'],
  ['l', 'link']
]);

/** A line that says which offer it was, then one for each path: its kind with what was told of it, its hash, and itself. */
function textOf(offered: Offered | null, known: Iterable<[string, Known]>): string {
  let text = `${JSON.stringify({ format: FORMAT, offered })}\n`;
  for (const [path, { kind, told, sha256 }] of known) {
    text += `${LETTERS[kind]}${told}\0${sha256}\0${path}\0\n`;
  }
  return text;
}

/** The last line. */
function sealOf(lines: string | Buffer): string {
  return `${hash('sha256', lines, 'hex')}\n`;
}

const NOTHING: { known: ReadonlyMap<string, Known>; offered: Offered | null } = { known: new Map(), offered: null };

function read(file: string): typeof NOTHING {
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch {
    return NOTHING;
  }
  const end = bytes.length - SHA256_LENGTH - 1;
  if (end <= 0 || bytes.toString('latin1', end) !== sealOf(bytes.subarray(0, end))) {
    return NOTHING;
  }
  // As it was written, as the last line has shown; but by an earlier version, maybe.
  const text = bytes.toString('utf8', 0, end);
  const head = text.indexOf('\n') + 1;
  if (!text.startsWith(`{"format":${FORMAT},`)) {
    return NOTHING;
  }
  const { offered } = JSON.parse(text.slice(0, head)) as { offered: Offered | null };
  const known = new Map<string, Known>();
  for (let at = head; at < text.length;) {
    const kind = KINDS.get(text.charAt(at)) ?? 'file';
    const toldEnd = text.indexOf('\0', at);
    const hashEnd = text.indexOf('\0', toldEnd + 1);
    const pathEnd = text.indexOf('\0', hashEnd + 1);
    if (toldEnd < 0 || hashEnd < 0 || pathEnd < 0) {
      return NOTHING;
    }
    const told = text.slice(at + 1, toldEnd);
    known.set(text.slice(hashEnd + 1, pathEnd), { kind, told, sha256: text.slice(toldEnd + 1, hashEnd), met: false });
    at = pathEnd + 2;
  }
  return { known, offered };
}

function replace(file: string, text: string): void {
  const unfinished = `${file}.${randomBytes(6).toString('hex')}`;
  try {
    writeFileSync(unfinished, text, { mode: 0o600, flag: 'wx' });
    renameSync(unfinished, file);
  } catch (error) {
    rmSync(unfinished, { force: true });
    throw error;
  }
}

function prune(folder: string): void {
  const files = readdirSync(folder).map(name => path.join(folder, name));
  const byAge = files.map(file => ({ file, at: statSync(file).mtimeMs })).sort((a, b) => b.at - a.at);
  byAge.slice(MOST).forEach(({ file }) => rmSync(file, { force: true }));
}
