import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { MessageChannel, type MessagePort } from 'node:worker_threads';

import type { FileEntry } from '../../../files/manifest';
import { claim, createHashState, DONE, ENDED, Hashing, type Hashed } from './hashing';

let folder: string;
let port: MessagePort;
let hasher: MessagePort;
let state: Int32Array;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'hashing-'));
  ({ port1: port, port2: hasher } = new MessageChannel());
  state = createHashState();
});
afterEach(() => {
  port.close();
  rmSync(folder, { recursive: true });
});

/** Files of which the first 64 are a batch of their own. */
function filled(hashing: Hashing): FileEntry[] {
  return Array.from({ length: 100 }, (_, n) => {
    const file = path.join(folder, String(n));
    writeFileSync(file, `content ${n}`);
    const entry: FileEntry = {
      ...{ kind: 'file', path: String(n), size: `content ${n}`.length, executable: false, mtime: '0', sha256: '' },
      origin: { dev: '0', ino: '0', ctime: '0' }
    };
    hashing.add(entry, file);
    return entry;
  });
}

/** What the other thread does, with an outcome of ours. */
function hashed(outcome: Hashed | null): void {
  expect(claim(state, 0)).toBe(true);
  if (outcome) {
    hasher.postMessage(outcome);
    Atomics.add(state, DONE, 1);
  } else {
    Atomics.store(state, ENDED, 1);
  }
}
const check = (): void => undefined;
const right = Array.from({ length: 100 }, (_, n) => createHash('sha256').update(`content ${n}`).digest('hex'));
const hashesOf = (entries: FileEntry[]): string[] => entries.map(({ sha256 }) => sha256);

it('is done alone where no other thread has begun', () => {
  for (const desk of [null, { port, state }]) {
    const hashing = new Hashing(desk);
    const entries = filled(hashing);
    hashing.finish(check);
    expect(hashesOf(entries)).toEqual(right);
  }
});

it('takes what the other thread has hashed, and hashes the rest', () => {
  const hashing = new Hashing({ port, state });
  const entries = filled(hashing);
  const theirs = Array.from({ length: 64 }, (_, n) => `theirs ${n}`);
  hashed({ n: 0, hashes: theirs });
  hashing.finish(check);
  expect(hashesOf(entries)).toEqual([...theirs, ...right.slice(64)]);
});

it.each([
  ['could not read', { n: 0, hashes: null }],
  ['has left undone by ending', null]
])('does what the other thread %s', (_, outcome) => {
  const hashing = new Hashing({ port, state });
  const entries = filled(hashing);
  hashed(outcome);
  hashing.finish(check);
  expect(hashesOf(entries)).toEqual(right);
});

it('stops while it waits for the other thread', () => {
  const hashing = new Hashing({ port, state });
  filled(hashing);
  claim(state, 0);
  expect(() =>
    hashing.finish(() => {
      throw new Error('stopped');
    })
  ).toThrow('stopped');
});
