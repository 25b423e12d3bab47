import {
  appendFileSync,
  chmodSync,
  closeSync,
  ftruncateSync,
  lutimesSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
  writeSync
} from 'node:fs';
import path from 'node:path';

import fc from 'fast-check';

import { systemCode } from '../../problem-error';

/** Names that break programs which take names for text, options or patterns. */
const NAMES = ['c.csv', '-n', ' ', 'line\nbreak', 'Größe 売上', '*?[', "it's", '.hidden', '\u202Ex', 'n'.repeat(200)];
// Few are met often, so that changes meet each other.
const name = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom('a', 'b') },
  { weight: 2, arbitrary: fc.constantFrom(...NAMES) }
);
const at = fc.oneof(
  { weight: 3, arbitrary: name },
  { weight: 2, arbitrary: fc.array(name, { minLength: 2, maxLength: 3 }).map(names => names.join('/')) }
);
/** Around the sizes in which files are read. */
const size = fc.constantFrom(0, 1, 100, 4_096, 262_144, 262_145, 700_000);
/** Seconds, with whatever fraction; before 1970 as well. */
const time = fc.double({ min: -1e9, max: 4e9, noNaN: true });

export type Change =
  | { kind: 'write' | 'replace'; at: string; size: number; byte: number }
  | { kind: 'edit'; at: string; byte: number; keepTime: boolean }
  | { kind: 'sparse'; at: string; size: number; byte: number }
  | { kind: 'append' | 'remove' | 'folder' | 'program' | 'data' | 'shorten'; at: string }
  | { kind: 'rename'; at: string; to: string }
  | { kind: 'link'; at: string; target: string }
  | { kind: 'time'; at: string; time: number };

/** What programs that replace files do, and never change one where it is. */
const replacing: fc.Arbitrary<Change>[] = [
  fc.record({ kind: fc.constant('replace' as const), at, size, byte: fc.nat(3) }),
  fc.record({ kind: fc.constantFrom('remove' as const, 'folder' as const), at }),
  fc.record({ kind: fc.constant('rename' as const), at, to: at }),
  // To a name beside it: never out of the folder.
  fc.record({ kind: fc.constant('link' as const), at, target: name })
];

const inPlace: fc.Arbitrary<Change>[] = [
  fc.record({ kind: fc.constant('write' as const), at, size, byte: fc.nat(3) }),
  fc.record({ kind: fc.constant('edit' as const), at, byte: fc.nat(255), keepTime: fc.boolean() }),
  fc.record({ kind: fc.constant('sparse' as const), at, size: fc.constantFrom(300_000, 5_000_000), byte: fc.nat(3) }),
  fc.record({ kind: fc.constantFrom('append' as const, 'program' as const, 'data' as const, 'shorten' as const), at }),
  fc.record({ kind: fc.constant('time' as const), at, time })
];

/** Rounds of changes to a tree. */
export function rounds(own: boolean): fc.Arbitrary<Change[][]> {
  const change = fc.oneof(...replacing, ...(own ? [] : inPlace));
  return fc.array(fc.array(change, { minLength: 1, maxLength: 20 }), { minLength: 2, maxLength: 4 });
}

/** What a change meets where it does not fit: a file for a folder, nothing at all, a loop of links. */
const DOES_NOT_FIT = new Set([
  'ENOENT',
  'ENOTDIR',
  'EISDIR',
  'EEXIST',
  'ENOTEMPTY',
  'EINVAL',
  'ELOOP',
  'ERR_FS_EISDIR'
]);

/** Makes a change below `root` if it fits to what is there. */
export function apply(root: string, change: Change): void {
  try {
    make(root, change);
  } catch (error) {
    if (!DOES_NOT_FIT.has(systemCode(error) ?? '')) {
      throw error;
    }
  }
}

function make(root: string, change: Change): void {
  const file = path.join(root, change.at);
  if (['write', 'replace', 'sparse', 'folder', 'link'].includes(change.kind)) {
    mkdirSync(path.dirname(file), { recursive: true });
  }
  switch (change.kind) {
    case 'write':
      return writeFileSync(file, Buffer.alloc(change.size, change.byte));
    case 'replace':
      rmSync(file, { force: true });
      return writeFileSync(file, Buffer.alloc(change.size, change.byte), { flag: 'wx' });
    case 'edit':
      return edit(file, change.byte, change.keepTime);
    case 'sparse':
      return sparse(file, change.size, change.byte);
    case 'append':
      return appendFileSync(file, 'more', { flag: 'r+' });
    case 'shorten':
      return truncateSync(file, 50);
    case 'program':
      return chmodSync(file, 0o755);
    case 'data':
      return chmodSync(file, 0o644);
    case 'remove':
      return rmSync(file, { recursive: true });
    case 'folder':
      mkdirSync(file);
      return;
    case 'rename':
      return renameSync(file, path.join(root, change.to));
    case 'link':
      return symlinkSync(change.target, file);
    case 'time':
      return lutimesSync(file, change.time, change.time);
  }
}

/** Writes one byte into a file, whose size stays; its time as well, if that is to hide it. */
function edit(file: string, byte: number, keepTime: boolean): void {
  const descriptor = openSync(file, 'r+');
  try {
    writeSync(descriptor, Buffer.of(byte), 0, 1, 0);
  } finally {
    closeSync(descriptor);
  }
  if (keepTime) {
    utimesSync(file, 1_700_000_000, 1_700_000_000);
  }
}

function sparse(file: string, size: number, byte: number): void {
  const descriptor = openSync(file, 'w');
  try {
    writeSync(descriptor, Buffer.alloc(10, byte), 0, 10, Math.floor(size / 2));
    ftruncateSync(descriptor, size);
  } finally {
    closeSync(descriptor);
  }
}
