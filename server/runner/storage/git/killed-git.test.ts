import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { lookUntil } from '../../testing/look-until';
import { Program } from '../../testing/program';
import { createFixture, type Fixture } from '../../testing/git-fixture';
import { lock } from './lock';
import { seededRandom, seedOf } from '../../testing/seeded-random';
import { sweepGit } from './sweep';

let fixture: Fixture;
beforeEach(async () => {
  fixture = await createFixture();
});
afterEach(() => fixture.end());

const ROUNDS = 8;
/** So many where fewer than these have come in the middle of a fetch: how long one takes differs on a busy machine. */
const MOST_ROUNDS = 40;
const IN_THE_MIDDLE = 2;
const SEED = seedOf(20_301_122);

it(`whenever a runner is killed while it fetches, the next one makes it good (${ROUNDS} moments, seed ${SEED})`, async () => {
  const { repository, server, dashboard, url } = fixture;
  const program = new Program(path.join(__dirname, '../../testing/git-fetching-process.ts'));
  const random = seededRandom(SEED);
  const commit = (app: string): string => {
    const files = Array.from({ length: 40 }, (_none, i) => [`f${i % 7}/${i}`, randomBytes(20_000)] as const);
    return repository.commit({ ...Object.fromEntries(files), 'app.py': app });
  };
  /** Has a process of its own fetch what is new, which is killed after so many ms. @returns how long it took, in ms */
  const fetchApart = async (killedAfter?: number): Promise<number> => {
    const child = program.start([dashboard, url, server.trust], { PATH: process.env.PATH });
    const closed = once(child, 'close');
    expect(await program.line()).toBe('begun');
    const begin = performance.now();
    await (killedAfter === undefined ? closed : Promise.race([closed, delay(killedAfter)]));
    await program.kill();
    await closed;
    return performance.now() - begin;
  };
  let inTheMiddle = 0;
  try {
    commit('first');
    await fetchApart();
    commit('second');
    const whole = await fetchApart();
    for (let round = 0; round < (inTheMiddle < IN_THE_MIDDLE ? MOST_ROUNDS : ROUNDS); round++) {
      const newest = commit(`${round}`);
      await fetchApart((((round % ROUNDS) + random()) / ROUNDS) * whole);
      inTheMiddle += existsSync(path.join(dashboard, 'git', 'lock')) ? 1 : 0;
      const { root, commit: fetched } = await fixture.fetch();
      expect([round, fetched, readFileSync(path.join(root, 'app.py'), 'utf8')]).toEqual([round, newest, `${round}`]);
      expect(repository.git('--work-tree', root, 'status', '--porcelain')).toBe('');
    }
  } finally {
    await program.stop();
  }
  // The others had not begun, or had come to their end.
  expect(inTheMiddle).toBeGreaterThanOrEqual(IN_THE_MIDDLE);
  expect(readdirSync('/dev/shm').filter(name => name.includes(path.basename(dashboard)))).toEqual([]);
});

it('a lock of a process that has died is taken, one of a living process is waited for', async () => {
  const folder = path.join(fixture.folder, 'locked');
  mkdirSync(folder);
  const file = path.join(folder, 'lock');
  const never = new AbortController();
  const release = await lock(file, never.signal);
  const [, start, place] = readFileSync(file, 'utf8').split(' ');
  const order: string[] = [];
  const second = lock(file, never.signal).then(free => {
    order.push('second');
    return free();
  });
  await lookUntil(() => readdirSync(folder).length === 2, 'somebody who waits');
  order.push('first');
  await release();
  await second;
  expect(order).toEqual(['first', 'second']);
  // The number of this process, but of one that began at another time.
  writeFileSync(file, `${process.pid} ${Number(start) + 1} ${place} x`);
  await (
    await lock(file, never.signal)
  )();
  expect(readdirSync(folder)).toEqual([]);
});

describe('when a runner starts', () => {
  const GONE = '2147483646 1 elsewhere x';
  const git = (...names: string[]) => path.join(fixture.dashboard, 'git', ...names);
  const left = () => [
    git('index.lock'),
    git('joining'),
    git('lfs', 'abc.part'),
    git('mirror', 'shallow.lock'),
    git('mirror', 'objects', 'pack', 'tmp_pack_x'),
    git('modules', 'm', 'objects', 'pack', 'tmp_pack_y')
  ];

  beforeEach(async () => {
    fixture.repository.commit({ 'app.py': '1', 'poetry.lock': 'mine', tmp_notes: 'mine' });
    await fixture.fetch();
    for (const file of left()) {
      mkdirSync(path.dirname(file), { recursive: true });
      writeFileSync(file, 'half');
    }
    writeFileSync(git('lock.0a'), GONE);
    writeFileSync(git('lock.0b.left'), GONE);
    const old = new Date(Date.now() - 3_600_000);
    ['lock.0a', 'lock.0b.left'].forEach(name => utimesSync(git(name), old, old));
  });

  it('what a fetch has left half-made goes, and nothing of its files', async () => {
    await sweepGit(fixture.dashboard);
    expect(left().filter(file => existsSync(file))).toEqual([]);
    expect(readdirSync(git()).sort()).toEqual(['files', 'index', 'lfs', 'mirror', 'modules']);
    expect(readdirSync(git('files')).sort()).toEqual(['app.py', 'poetry.lock', 'tmp_notes']);
    fixture.server.requests.length = 0;
    await fixture.fetch();
    expect(fixture.server.requests).toHaveLength(2);
  });

  it('what another one is at work with stays', async () => {
    const release = await lock(git('lock'), new AbortController().signal);
    await sweepGit(fixture.dashboard);
    expect(left().filter(file => !existsSync(file))).toEqual([]);
    expect(existsSync(git('lock'))).toBe(true);
    await release();
  });

  it('a dashboard that was never fetched gets no folder', async () => {
    await sweepGit(path.join(fixture.folder, 'other'));
    expect(existsSync(path.join(fixture.folder, 'other'))).toBe(false);
  });
});

it('whoever waits for a lock can give up', async () => {
  const folder = path.join(fixture.folder, 'locked');
  mkdirSync(folder);
  const file = path.join(folder, 'lock');
  const release = await lock(file, new AbortController().signal);
  const stop = new AbortController();
  const waiting = lock(file, stop.signal);
  stop.abort();
  await expect(waiting).rejects.toThrow();
  await release();
  expect(readdirSync(folder)).toEqual([]);
});
