import { createHash } from 'node:crypto';
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import type { PushOutcome } from '../../../contract';
import { push } from '../../../author/push/push';
import { DEFAULT_LIMITS } from '../../../files/limits';
import { placesOf } from '../../../files/places';
import { readSummary } from '../../../files/read-manifest';
import { freePorts } from '../../../tests/free-ports';
import { Program } from '../../testing/program';
import { CuttingProxy } from '../../testing/cutting-proxy';
import { ManualClock } from '../../testing/manual-clock';
import { makeUnremovable, removeByForce } from '../../testing/deep-tree';
import { lookUntil } from '../../testing/look-until';
import { seededRandom } from '../../testing/seeded-random';
import { takeSnapshot } from '../../versions/snapshot';
import { PUSH_PATH, startPushBench, type PushBench } from '../../testing/push-bench';

let base: string;
let project: string;
let dashboard: string;
let replica: string;
let bench: PushBench;

beforeEach(async () => {
  base = mkdtempSync(path.join(tmpdir(), 'push-'));
  project = path.join(base, 'author', 'project');
  dashboard = path.join(base, 'runner', '.dashboards', 'd1');
  replica = path.join(dashboard, 'replica');
  mkdirSync(project, { recursive: true });
  mkdirSync(dashboard, { recursive: true });
  bench = await startPushBench(dashboard);
});
afterEach(async () => {
  await bench.close();
  rmSync(base, { recursive: true, force: true });
});

function bytes(length: number, seed: number): Buffer {
  const next = seededRandom(seed);
  return Buffer.from(Array.from({ length }, () => Math.floor(next() * 256)));
}

/** A project with files of all sorts, none changed right now. */
function fill(): void {
  for (const folder of ['data', 'data/deep', 'empty']) {
    mkdirSync(path.join(project, folder));
  }
  for (let n = 0; n < 60; n++) {
    put(`data/${n}.csv`, bytes(200 + n * 37, n));
  }
  put('data/deep/large.bin', bytes(1_500_000, 99));
  put('data/deep/zeros.bin', Buffer.alloc(300_000));
  put('app.py', 'print(1)\n');
  put('run.sh', '#!/bin/sh\n');
  chmodSync(path.join(project, 'run.sh'), 0o755);
  put('nothing', '');
  symlinkSync('data/0.csv', path.join(project, 'latest.csv'));
}

function put(name: string, content: Buffer | string, at = 1_700_000_000.123456): void {
  writeFileSync(path.join(project, name), content);
  utimesSync(path.join(project, name), at, at);
}

const send = (more: Partial<Parameters<typeof push>[1]> = {}, addresses = [{ url: bench.url }]): Promise<PushOutcome> =>
  push(
    { ...bench.order({ kind: 'files', root: project, entry: '.', scope: 'folder' }), addresses },
    { home: path.join(base, 'author'), signal: new AbortController().signal, pauses: [5], ...more }
  );

/** Has the project sent to its end. @returns bytes of all bodies */
async function publish(more: Partial<Parameters<typeof push>[1]> = {}): Promise<number> {
  const awaited = bench.await();
  let sent = 0;
  expect(await send({ sent: count => (sent = count), ...more })).toEqual({ ok: true, problem: null });
  await awaited;
  return sent;
}

/** What has arrived becomes a version. */
async function keepVersion(n: number): Promise<void> {
  const home = path.join(base, 'runner');
  await takeSnapshot({
    places: placesOf(home, 'd1'),
    home,
    version: n,
    source: { root: replica, entry: '.', scope: 'folder' },
    own: true,
    signal: new AbortController().signal,
    limits: DEFAULT_LIMITS,
    progress: () => undefined
  });
}

/** What is different in the replica: contents, names, kinds and links; and of the files, times and executable bits. */
function differences(): string[] {
  const found = spawnDiff();
  for (const name of readdirSync(replica, { recursive: true, encoding: 'utf8' })) {
    const [there, here] = [lstatSync(path.join(replica, name)), lstatSync(path.join(project, name))];
    if (
      there.isFile() &&
      (Math.abs(there.mtimeMs - here.mtimeMs) > 0.01 || (there.mode & 0o111) > 0 !== (here.mode & 0o111) > 0)
    ) {
      found.push(name);
    }
    if (there.isFile() && (there.mode & 0o222) !== 0) {
      found.push(`${name} can be written to`);
    }
  }
  return found;
}

function spawnDiff(): string[] {
  try {
    execFileSync('diff', ['-r', '--no-dereference', project, replica], { stdio: 'pipe' });
    return [];
  } catch (error) {
    return String((error as { stdout?: Buffer }).stdout)
      .split('\n')
      .filter(Boolean);
  }
}

describe('a project that is sent', () => {
  it('arrives as it is', async () => {
    fill();
    await publish();
    expect(differences()).toEqual([]);
    expect(bench.lines[0]).toBe('The files are on their way.');
    expect(bench.lines.at(-1)).toBe('The dashboard’s server has 65 files, 2 MB');
    // Zeros are not written.
    expect(statSync(path.join(replica, 'data/deep/zeros.bin')).blocks * 512).toBeLessThan(300_000);
  });

  it('arrives as it is where a file of it is large', async () => {
    put('large.bin', Buffer.alloc(40_000_000, 'a large file '));
    await publish();
    expect(differences()).toEqual([]);
  });

  it('is sent no second time: neither what is unchanged nor what was renamed, copied, touched or is back again', async () => {
    fill();
    await publish();
    const again = await publish();
    expect(again).toBeLessThan(20_000);
    renameSync(path.join(project, 'data/deep'), path.join(project, 'elsewhere'));
    put('copy.bin', bytes(1_500_000, 99));
    utimesSync(path.join(project, 'data/1.csv'), 5, 5);
    const moved = await publish();
    expect(moved).toBeLessThan(20_000);
    expect(differences()).toEqual([]);
    put('app.py', 'print(2)\n');
    rmSync(path.join(project, 'data/2.csv'));
    rmSync(path.join(project, 'latest.csv'));
    put('latest.csv', 'no link any longer');
    expect(await publish()).toBeLessThan(20_000);
    expect(differences()).toEqual([]);
  });

  it('is not sent again where an earlier version has it', async () => {
    fill();
    await publish();
    await keepVersion(1);
    const large = readFileSync(path.join(project, 'data/deep/large.bin'));
    rmSync(path.join(project, 'data/deep'), { recursive: true });
    await publish();
    await keepVersion(2);
    mkdirSync(path.join(project, 'back'));
    put('back/large.bin', large);
    expect(await publish()).toBeLessThan(20_000);
    expect(differences()).toEqual([]);
  });

  it('keeps the files that did not change, so that versions share them', async () => {
    fill();
    await publish();
    const inode = statSync(path.join(replica, 'data/deep/large.bin')).ino;
    put('app.py', 'print(2)\n');
    renameSync(path.join(project, 'data/deep'), path.join(project, 'moved'));
    await publish();
    expect(statSync(path.join(replica, 'moved/large.bin')).ino).toBe(inode);
  });

  it('that changes its mind about what is a file, a folder or a link arrives as it is in the end', async () => {
    fill();
    await publish();
    rmSync(path.join(project, 'data'), { recursive: true });
    rmSync(path.join(project, 'app.py'));
    rmSync(path.join(project, 'empty'), { recursive: true });
    put('data', 'a file now');
    mkdirSync(path.join(project, 'app.py'));
    put('app.py/inside', 'a folder now');
    symlinkSync('data', path.join(project, 'empty'));
    rmSync(path.join(project, 'latest.csv'));
    await publish();
    expect(differences()).toEqual([]);
  });

  it('is read again only where it has changed', async () => {
    fill();
    put('other.py', 'print(9)\n');
    await publish({ now: () => Date.now() - 60_000 });
    // Just written: the times of these files may not tell of a change that comes now.
    expect(linesOf(remembered()).filter(line => HASH.test(line))).toEqual([]);
    await publish({ now: () => Date.now() + 60_000 });
    const file = remembered();
    expect(linesOf(file).filter(line => HASH.test(line))).toHaveLength(66);
    // What is believed: that the hash is the same where nothing tells of a change.
    const [own = '', others = ''] = ['app.py', 'other.py'].map(
      at =>
        HASH.exec(
          linesOf(file).find(line => line.split(' ')[1] === String(statSync(path.join(project, at)).ino)) ?? ''
        )?.[0]
    );
    // All of it is offered.
    writeFileSync(file, sealed(linesOf(file).map(line => line.replace(OFFERED, NONE).replace(own, others))));
    await publish();
    expect(readFileSync(path.join(replica, 'app.py'), 'utf8')).toBe('print(9)\n');
  });

  it.each([
    ['cut off', (lines: string[]) => sealed(lines).slice(0, -500)],
    ['of flipped bits', (lines: string[]) => sealed(lines).replaceAll('a', 'b')],
    [
      'of one hash for all',
      (lines: string[]) => sealed(lines.map(line => line.replace(OFFERED, NONE).replace(HASH, UNKNOWN)))
    ],
    [
      'of a wrong hash',
      (lines: string[]) =>
        sealed(
          lines.map((line, n) => (n === lines.length - 1 ? line.replace(HASH, UNKNOWN) : line.replace(OFFERED, NONE)))
        )
    ],
    ['not all of what was offered', (lines: string[]) => sealed(lines.slice(0, -3))],
    ['more than was offered', (lines: string[]) => sealed([...lines, `${lines.at(-1)?.slice(0, -1)}2\0`])],
    ['of another form', (lines: string[]) => sealed([...lines, 'f'])],
    ['of other sums', (lines: string[]) => sealed(lines.map(line => line.replace('"files":65', '"files":64')))]
  ])('is read again where what is known of it is %s', async (_what, damaged) => {
    fill();
    const now = (): number => Date.now() + 60_000;
    await publish({ now });
    const file = remembered();
    const known = linesOf(file);
    writeFileSync(file, damaged(known));
    put('app.py', 'print(2)\n');
    await publish({ now });
    expect(differences()).toEqual([]);
    expect(linesOf(file)).toHaveLength(known.length);
    expect(linesOf(file)[0]).toMatch(OFFERED);
    expect(readFileSync(file, 'utf8')).not.toContain(UNKNOWN);
  });

  it('is sent also where nothing can be remembered of it', async () => {
    fill();
    mkdirSync(path.join(base, 'author', '.dashboards'));
    writeFileSync(path.join(base, 'author', '.dashboards', 'hashes'), 'no folder');
    await publish();
    expect(differences()).toEqual([]);
  });

  it('is refused where a file lies so deep that its path is too long', async () => {
    makeUnremovable(project);
    const refused = { problem: { code: 'too_large', fix: expect.stringContaining('Shorten the names') as string } };
    const awaited = expect(bench.await()).rejects.toMatchObject(refused);
    expect(await send()).toMatchObject({ ok: false, ...refused });
    await awaited;
    removeByForce(project);
  });

  it('is not sent to its end by a way that is lost for good: that way is named', async () => {
    fill();
    const build = new AbortController();
    const awaited = bench.await({ signal: build.signal }).catch(() => undefined);
    const [closed = 0] = await freePorts(1);
    const now = performance.now.bind(performance);
    let later = 0;
    const clock = jest.spyOn(performance, 'now').mockImplementation(() => now() + later);
    bench.server.on('request', ({ url = '', socket }) => {
      if (!url.includes('/hello')) {
        later += 3_600_000;
        socket.destroy();
      }
    });
    const outcome = await send({}, [{ url: `http://127.0.0.1:${closed}/` }, { url: bench.url }]);
    clock.mockRestore();
    expect(outcome.problem?.code).toBe('relay_unreachable');
    expect(outcome.problem?.detail).toMatch(`${bench.url}: `);
    build.abort();
    await awaited;
  });

  it('is sent only from a folder that may be published from, wherever a link to it stands', async () => {
    fill();
    const home = path.join(base, 'author');
    mkdirSync(path.join(home, 'projects'));
    symlinkSync(project, path.join(home, 'projects', 'sales'));
    const sendFrom = (root: string, publishablePaths: string[]): Promise<PushOutcome> =>
      push(
        { ...bench.order({ kind: 'files', root, entry: '.', scope: 'folder' }), publishablePaths },
        { home, signal: new AbortController().signal, pauses: [5] }
      );
    const refused = bench.await().catch((error: unknown) => error);
    expect(await sendFrom('~/projects/sales', ['projects'])).toMatchObject({ problem: { code: 'path_forbidden' } });
    // Before anything was offered; and the build ends with it.
    expect(existsSync(path.join(dashboard, 'relay'))).toBe(false);
    expect(await refused).toMatchObject({ problem: { code: 'path_forbidden' } });
    const awaited = bench.await();
    expect(await sendFrom('~/projects/sales', ['projects', 'project'])).toEqual({ ok: true, problem: null });
    await awaited;
  });

  it('is no problem of anybody’s where whoever sends it is called off', async () => {
    fill();
    const called = new AbortController();
    const build = new AbortController();
    const awaited = bench.await({ signal: build.signal }).catch(() => undefined);
    // While its files pass: whoever looks now and then may find it at its end.
    const way = await CuttingProxy.start(
      Number(new URL(bench.url).port),
      () => null,
      () => existsSync(path.join(dashboard, 'relay')) && called.abort()
    );
    const url = `http://127.0.0.1:${way.port}${PUSH_PATH}`;
    expect(await send({ signal: called.signal }, [{ url }])).toEqual({ ok: false, problem: null });
    await way.close();
    build.abort();
    await awaited;
  });

  it.each([
    ['files', 200, '30M'],
    ['one large file', 1, '100G']
  ])('is not read to its end where its build is cancelled meanwhile: of %s', async (_what, count, size) => {
    for (let n = 0; n < count; n++) {
      execFileSync('truncate', ['-s', size, path.join(project, `${n}.bin`)]);
    }
    const build = new AbortController();
    const awaited = bench.await({ signal: build.signal }).catch(() => undefined);
    let calls = 0;
    const way = await CuttingProxy.start(
      Number(new URL(bench.url).port),
      () => null,
      // With the first one it greets; the next one says that it is reading.
      () => ++calls === 2 && build.abort()
    );
    const url = `http://127.0.0.1:${way.port}${PUSH_PATH}`;
    expect(await send({ helloMs: 20 }, [{ url }])).toEqual({ ok: false, problem: null });
    await awaited;
    await way.close();
    // What has been read to its end is remembered.
    expect(existsSync(path.join(base, 'author', '.dashboards', 'hashes'))).toBe(false);
  });

  it('one file alone comes with the folders on its way', async () => {
    fill();
    const awaited = bench.await();
    await push(bench.order({ kind: 'files', root: project, entry: 'data/deep/large.bin', scope: 'file' }), {
      home: base,
      signal: new AbortController().signal
    });
    await awaited;
    expect(readdirSync(replica, { recursive: true }).sort()).toEqual(['data', 'data/deep', 'data/deep/large.bin']);
    expect(bench.lines).toContain('1 file is new here, 2 MB');
  });

  it('is offered with what has changed alone: what is there already is not even named', async () => {
    const now = (): number => Date.now() + 60_000;
    for (let n = 0; n < 3_000; n++) {
      put(`${n}.csv`, String(n));
    }
    const whole = await publish({ now });
    expect(await publish({ now })).toBeLessThan(1_000);
    put('7.csv', 'seven');
    put('new.csv', 'new');
    rmSync(path.join(project, '8.csv'));
    const some = await publish({ now });
    expect(some).toBeLessThan(2_000);
    expect(whole).toBeGreaterThan(50 * some);
    expect(differences()).toEqual([]);
  });

  it.each([1, 2, 3, 4])('arrives as it is whatever has been done to it since it was sent last (%s)', async seed => {
    const now = (): number => Date.now() + 60_000;
    const next = seededRandom(seed);
    const any = <T>(list: readonly T[]): T => list[Math.floor(next() * list.length)] as T;
    fill();
    await publish({ now });
    for (let round = 0; round < 6; round++) {
      for (let edit = 0; edit < 8; edit++) {
        const names = readdirSync(project, { recursive: true, encoding: 'utf8' }).sort();
        const folders = ['.', ...names.filter(name => lstatSync(path.join(project, name)).isDirectory())];
        const [name, other] = [any(names), path.join(any(folders), `${round}-${edit} ä`)];
        const at = path.join(project, name);
        any([
          () => put(other, bytes(100, edit)),
          () => rmSync(at, { recursive: true }),
          () => mkdirSync(path.join(project, other)),
          () => symlinkSync('app.py', path.join(project, `link-${round}-${edit}`)),
          () => other.startsWith(`${name}/`) || renameSync(at, path.join(project, other)),
          () => lstatSync(at).isFile() && chmodSync(at, 0o755),
          () => lstatSync(at).isFile() && put(name, bytes(50, round)),
          () => (rmSync(at, { recursive: true }), put(name, 'in its place')),
          () => (rmSync(at, { recursive: true }), mkdirSync(at))
        ])();
      }
      await publish({ now });
      expect(differences()).toEqual([]);
      expect(bench.unfounded).toBe(0);
      await keepVersion(round + 1);
      const manifest = path.join(dashboard, 'versions', String(round + 1), 'manifest.jsonl');
      expect(readSummary(manifest)?.hash).toBe(bench.hash);
    }
  });

  it.each([
    ['is no longer known at the other end', () => rmSync(path.join(dashboard, 'relay', 'index'))],
    ['is not all there any longer', () => rmSync(path.join(replica, 'data/7.csv'))],
    ['is gone there', () => rmSync(replica, { recursive: true })],
    [
      'was being put in its place when the other end was lost',
      () => writeFileSync(path.join(dashboard, 'relay', 'updating'), '')
    ]
  ])('is offered as a whole where what was sent last %s', async (_what, spoil) => {
    fill();
    const now = (): number => Date.now() + 60_000;
    await publish({ now });
    bench.restart();
    spoil();
    put('app.py', 'print(2)\n');
    await publish({ now });
    expect(differences()).toEqual([]);
  });

  it('arrives as it is in the end where it changes after only what is different was offered', async () => {
    fill();
    const now = (): number => Date.now() + 60_000;
    await publish({ now });
    put('app.py', 'print(2)\n');
    put('data/7.csv', 'seven');
    let asked = 0;
    bench.server.prependListener('request', ({ url = '' }) => {
      if (url.includes('/missing') && asked++ === 0) {
        put('app.py', 'print(33)\n');
        rmSync(path.join(project, 'data/7.csv'));
      }
    });
    await publish({ now });
    expect(asked).toBeGreaterThan(1);
    expect(differences()).toEqual([]);
    expect(await publish({ now })).toBeLessThan(1_000);
  });

  it('is offered as a whole to one dashboard after it was sent to another', async () => {
    fill();
    const now = (): number => Date.now() + 60_000;
    await publish({ now });
    const [first, second] = [bench, path.join(base, 'other', '.dashboards', 'd1')];
    mkdirSync(second, { recursive: true });
    bench = await startPushBench(second);
    put('app.py', 'print(2)\n');
    await publish({ now });
    execFileSync('diff', ['-r', '--no-dereference', project, path.join(second, 'replica')]);
    await bench.close();
    bench = first;
    put('app.py', 'print(3)\n');
    await publish({ now });
    expect(differences()).toEqual([]);
  });

  it('is offered as a whole where what was sent last is found to be gone only when all is to be put in its place', async () => {
    fill();
    const now = (): number => Date.now() + 60_000;
    await publish({ now });
    renameSync(path.join(project, 'data/7.csv'), path.join(project, 'moved.csv'));
    let finished = 0;
    bench.server.prependListener('request', ({ url = '' }) => {
      if (url.includes('/finish') && finished++ === 0) {
        rmSync(path.join(replica, 'data/7.csv'));
        rmSync(path.join(replica, 'data/8.csv'));
      }
    });
    await publish({ now });
    expect(differences()).toEqual([]);
    // Once in vain: then it is told that something is missing that was not even named.
    expect(finished).toBe(2);
  });

  it('says of a small change that it is one', async () => {
    fill();
    await publish();
    put('app.py', 'print(2)  # now');
    await publish();
    expect(bench.lines).toContain('1 file is new here, 1 kB');
  });
});

/** Of a file. */
const HASH = /(?<=\0)[0-9a-f]{64}(?=\0)/;
/** Of no file. */
const UNKNOWN = 'f'.repeat(64);
/** What the project was sent with last. */
const OFFERED = /"offered":\{[^}]*\}/;
const NONE = '"offered":null';

/** What is known of the project. */
function remembered(): string {
  const hashes = path.join(base, 'author', '.dashboards', 'hashes');
  const [name = ''] = readdirSync(hashes);
  return path.join(hashes, name);
}

/** Lines of what is known of a project: of all but the last, which is the hash of the others. */
function linesOf(file: string): string[] {
  return readFileSync(file, 'utf8').split('\n').slice(0, -2);
}

function sealed(lines: string[]): string {
  const text = lines.map(line => `${line}\n`).join('');
  return `${text}${createHash('sha256').update(text).digest('hex')}\n`;
}

describe('through configurable-http-proxy', () => {
  let proxy: ChildProcess;
  let front: CuttingProxy;
  let routes: string;

  /** `limit`: bytes after which each connection to the proxy is cut. `target`: null if it has none yet. */
  async function throughProxy(target: number | null, limit: () => number | null): Promise<string> {
    const program =
      process.env.DASHBOARDS_PROXY ?? require.resolve('configurable-http-proxy/bin/configurable-http-proxy');
    const [port = 0, api = 0] = await freePorts(2);
    const args = ['--ip=127.0.0.1', `--port=${port}`, '--api-ip=127.0.0.1', `--api-port=${api}`];
    routes = `http://127.0.0.1:${api}/api/routes`;
    const known = target === null ? [] : [`--default-target=http://127.0.0.1:${target}`];
    proxy = spawn(process.execPath, [program, ...args, ...known], { stdio: 'ignore' });
    await lookUntil(
      () =>
        fetch(`http://127.0.0.1:${port}/`).then(
          () => true,
          () => false
        ),
      'the proxy'
    );
    front = await CuttingProxy.start(port, limit);
    return `http://127.0.0.1:${front.port}${PUSH_PATH}`;
  }
  afterEach(async () => {
    proxy.kill('SIGKILL');
    await front.close();
  });

  it.each([1, 2, 3])(
    'a network that is cut again and again (%s) costs what was on its way, and no more',
    async seed => {
      fill();
      const next = seededRandom(seed);
      // Enough for a request and its head, and less than the project.
      const url = await throughProxy(Number(new URL(bench.url).port), () => Math.floor(30_000 + next() * 600_000));
      const awaited = bench.await();
      expect(await send({}, [{ url }])).toEqual({ ok: true, problem: null });
      await awaited;
      expect(differences()).toEqual([]);
      expect(front.cuts).toBeGreaterThan(1);
      expect(bench.refused).toBe(0);
      expect(bench.taken).toBe(bench.offered);
    }
  );

  it('a network that is gone for minutes, again and again, costs nothing but time', async () => {
    fill();
    await bench.close();
    const clock = new ManualClock(Date.now());
    bench = await startPushBench(dashboard, { clock });
    let connections = 0;
    const url = await throughProxy(Number(new URL(bench.url).port), () => {
      if (connections > 0 && connections < 4) {
        clock.advance(7 * 60_000);
      }
      return connections++ < 4 ? 400_000 : null;
    });
    const awaited = bench.await();
    expect(await send({}, [{ url }])).toEqual({ ok: true, problem: null });
    await awaited;
    expect(front.cuts).toBeGreaterThan(2);
    expect(differences()).toEqual([]);
  });

  it('a server whose address the proxy does not know yet is waited for', async () => {
    fill();
    let connections = 0;
    const url = await throughProxy(null, () => {
      connections++;
      return null;
    });
    expect((await fetch(`${url}hello`, { method: 'POST' })).status).toBe(404);
    const awaited = bench.await();
    const sending = send({ pauses: [50] }, [{ url }]);
    await lookUntil(() => connections > 3, 'some attempts');
    const target = new URL(bench.url).origin;
    expect((await fetch(`${routes}/`, { method: 'POST', body: JSON.stringify({ target }) })).status).toBe(201);
    expect(await sending).toEqual({ ok: true, problem: null });
    await awaited;
    expect(differences()).toEqual([]);
  });

  it('two programs with homes of their own, each ended at any time, get there, and so does what changes then', async () => {
    fill();
    const receiver = new Program(path.join(__dirname, '..', '..', 'testing', 'push-receiver.ts'));
    const sender = new Program(path.join(__dirname, '..', '..', '..', 'author', 'push', 'main.ts'));
    const next = seededRandom(4);
    const getThere = async (): Promise<void> => {
      for (let round = 0, done = false; !done; round++) {
        receiver.start([dashboard], { PATH: process.env.PATH, HOME: path.join(base, 'runner') });
        const { port, ticket } = JSON.parse(await receiver.line()) as { port: number; ticket: string };
        const url = await throughProxy(port, () => null);
        const child = sender.start([], { PATH: process.env.PATH, HOME: path.join(base, 'author') });
        const source = { kind: 'files', root: '~/project', entry: '.', scope: 'folder' };
        child.stdin?.write(`${JSON.stringify({ build: 'b1', ticket, source, addresses: [{ url }] })}\n`);
        if (round < 6) {
          const enough = Math.floor(next() * 1_500_000);
          const victim = round % 2 === 0 ? receiver : sender;
          await lookUntil(() => front.passed >= enough || child.exitCode !== null, 'some of it');
          await victim.kill();
        } else {
          expect(JSON.parse(await sender.line())).toEqual({ ok: true, problem: null });
          done = true;
        }
        await Promise.all([sender.kill(), receiver.kill()]);
        proxy.kill('SIGKILL');
        await front.close();
      }
      expect(differences()).toEqual([]);
    };
    try {
      await getThere();
      put('data/deep/large.bin', bytes(1_500_000, 100));
      put('more.bin', bytes(700_000, 101));
      rmSync(path.join(project, 'data/5.csv'));
      await getThere();
    } finally {
      await Promise.all([sender.stop(), receiver.stop()]);
    }
  });
});
