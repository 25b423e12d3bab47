import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { lookUntil } from '../../testing/look-until';
import { Program } from '../../testing/program';
import { userPython } from '../../testing/user-python';
import { claimOf, lock, sweepLock } from './lock';

const GONE = '2147483646 1 elsewhere x';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'lock-'));
  file = path.join(folder, 'lock');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** As of long ago. */
function leave(name: string, content: string): void {
  writeFileSync(name, content);
  utimesSync(name, 1, 1);
}

const never = () => new AbortController().signal;

describe('of three who contend for a lock that somebody has left, one at a time holds it', () => {
  const LOCKS = 50;
  const ROUNDS = 6;
  const program = new Program(path.join(__dirname, '../../testing/contending-process.ts'));
  afterAll(() => program.stop());

  it.each([
    ['with links', ''],
    ['where there are none', 'link']
  ])('%s', async (_title, without) => {
    const wrapper = path.join(program.folder, 'wrapper');
    const calls = path.join(__dirname, '../../testing/without-calls.py');
    writeFileSync(wrapper, `#!/bin/sh\nexec ${without && `${userPython()} ${calls} ${without}`} "$@"\n`, {
      mode: 0o755
    });
    mkdirSync(path.join(folder, 'locks'));
    program.start([path.join(folder, 'locks'), `${LOCKS}`, `${ROUNDS}`], { PATH: process.env.PATH }, [], wrapper);
    expect(await program.line()).toBe(`1 ${3 * LOCKS * ROUNDS}`);
    expect(readdirSync(path.join(folder, 'locks'))).toEqual([]);
  });
});

it('who dies while they take a lock over is followed by another, and leaves nothing', async () => {
  leave(file, GONE);
  const first = claimOf(file, GONE);
  leave(first, `${GONE}1`);
  const second = claimOf(first, `${GONE}1`);
  leave(second, `${GONE}2`);
  const release = await lock(file, never());
  expect(readFileSync(file, 'utf8')).toMatch(new RegExp(`^${process.pid} `));
  await release();
  expect(readdirSync(folder)).toEqual([]);
});

it('a lock that somebody else is about to take over is waited for', async () => {
  const other = path.join(folder, 'other');
  const release = await lock(other, never());
  leave(file, GONE);
  writeFileSync(claimOf(file, GONE), readFileSync(other));
  await expect(lock(file, AbortSignal.abort())).rejects.toThrow();
  expect(readFileSync(file, 'utf8')).toBe(GONE);
  await release();
});

it('what was left by who had died before they held it is swept, also by who took it over', async () => {
  leave(`${file}.0a`, GONE);
  leave(claimOf(file, GONE), GONE);
  await sweepLock(file);
  expect(readdirSync(folder)).toEqual([]);
});

it.each(['2147483646 1 elsewhere x', ''])('what is waited for is told once where that takes time (%j)', async left => {
  writeFileSync(file, left);
  const told: string[] = [];
  const waiting = lock(file, never(), () => told.push('waiting'));
  await lookUntil(() => told.length > 0, 'a word');
  rmSync(file);
  await (
    await waiting
  )();
  expect(told).toEqual(['waiting']);
});

it('who has waited for long is not taken for gone the moment that they hold it', async () => {
  const release = await lock(file, never());
  const waiting = lock(file, never());
  const own = await lookUntil(() => readdirSync(folder).find(name => name !== 'lock'), 'somebody who waits');
  leave(path.join(folder, own), readFileSync(path.join(folder, own), 'utf8'));
  await release();
  const free = await waiting;
  expect(Date.now() - statSync(file).mtimeMs).toBeLessThan(60_000);
  await free();
});
