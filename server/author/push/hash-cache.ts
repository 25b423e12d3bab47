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

/** Clocks of file systems are coarse, those of network file systems not ours: a change this close may leave no trace. */
const MARGIN_NS = 5_000_000_000n;
const SHA256_LENGTH = 64;
/** Projects whose hashes are kept. */
const MOST = 50;

/**
 * Hashes of files that were read earlier, by what tells that they have not changed: device, inode, size and both times.
 * One file per project, in the author's home, which ends with its own hash. Losing it, or finding it damaged, costs reading
 * the project again, and nothing else.
 */
export class HashCache {
  readonly #file: string;
  readonly #known: ReadonlyMap<string, string>;
  readonly #used = new Map<string, string>();
  readonly #trusted: bigint;

  /**
   * @param root - the project's folder, absolute.
   * @param now - in ms: what changed right before is not remembered.
   * @param believed - whether what was remembered counts.
   */
  constructor(home: string, root: string, now: number, believed: boolean) {
    const folder = path.join(home, STORE, 'hashes');
    this.#file = path.join(folder, createHash('sha256').update(root).digest('hex').slice(0, 32));
    this.#known = believed ? read(this.#file) : new Map();
    this.#trusted = BigInt(Math.floor(now)) * 1_000_000n - MARGIN_NS;
  }

  /** @param identity - `identityOf` the file as it is now. */
  get(identity: string): string | undefined {
    const sha256 = this.#known.get(identity);
    if (sha256 !== undefined) {
      this.#used.set(identity, sha256);
    }
    return sha256;
  }

  add(stat: BigIntStats, sha256: string): void {
    if (stat.mtimeNs < this.#trusted && stat.ctimeNs < this.#trusted) {
      this.#used.set(identityOf(stat), sha256);
    }
  }

  /** Keeps what was asked for or added, and nothing else. Failing to is no failure of the push. */
  save(): void {
    const folder = path.dirname(this.#file);
    const lines = [...this.#used].map(([identity, sha256]) => `${identity} ${sha256}\n`).join('');
    try {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      replace(this.#file, lines + sealOf(lines));
      prune(folder);
    } catch {
      // As above: what cannot be written here may not even be looked at.
    }
  }
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

/** What tells that a file has not changed; written as `find` writes it. */
export function identityOf({ dev, ino, size, mtimeNs, ctimeNs }: BigIntStats): string {
  return `${dev} ${BigInt.asUintN(64, ino)} ${size} ${seconds(mtimeNs)} ${seconds(ctimeNs)}`;
}

function seconds(nanoseconds: bigint): string {
  const digits = String(nanoseconds).padStart(10, '0');
  return `${digits.slice(0, -9)}.${digits.slice(-9)}0`;
}

/** The last line. */
function sealOf(lines: string | Buffer): string {
  return `${hash('sha256', lines, 'hex')}\n`;
}

function read(file: string): Map<string, string> {
  const known = new Map<string, string>();
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch {
    return known;
  }
  const end = bytes.length - SHA256_LENGTH - 1;
  const lines = bytes.toString('latin1', 0, end);
  if (bytes.toString('latin1', end) !== sealOf(bytes.subarray(0, end))) {
    return known;
  }
  // As it was written, as the last line has shown.
  for (let at = 0; at < lines.length;) {
    const next = lines.indexOf('\n', at);
    const between = next - SHA256_LENGTH - 1;
    known.set(lines.slice(at, between), lines.slice(between + 1, next));
    at = next + 1;
  }
  return known;
}

function prune(folder: string): void {
  const files = readdirSync(folder).map(name => path.join(folder, name));
  const byAge = files.map(file => ({ file, at: statSync(file).mtimeMs })).sort((a, b) => b.at - a.at);
  byAge.slice(MOST).forEach(({ file }) => rmSync(file, { force: true }));
}
