import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { STRATEGIES, type BuildJob, type BuildResult, type Problem, type RunnableVersion } from '../../contract';
import { placesOf, type Places } from '../../files/places';
import { storageStrategy } from '../../runner/storage/strategies';
import type { PublishJob } from '../../runner/storage/strategy';
import { EngineBench } from '../../runner/testing/engine-bench';
import { lookUntil } from '../../runner/testing/look-until';
import { verifyVersion } from '../../runner/versions/verify';
import { createSmallDisk } from '../small-disk';
import { Programs } from './programs';
import type { Renew, StrategyKind, StrategyWorld } from './strategy-world';

type Outcome = BuildResult['outcome'];

/** So many times a process is killed while it makes a version, at steps that lie evenly between its first and its last. */
const KILLS = 5;
const DISK_KB = 3_000;
const UNCHANGED = { missing: [], changed: [], extra: [] };
const SENTENCE = /\w{3,}.*\.$/s;

/** What every strategy has to hold to, whatever the administrator lets people publish: the operations of the port, in order. */
export function holdsForStorage<W extends StrategyWorld>(kind: StrategyKind<W>): void {
  describe(kind.title, () => holds(kind));
  describe(`${kind.title}, where the administrator names folders`, () => holds(kind, ['sales', 'elsewhere']));
}

function holds<W extends StrategyWorld>(kind: StrategyKind<W>, paths?: string[]): void {
  const { strategy, copies, create } = kind;
  const needsRoom = copies && !kind.inPlace;
  // The rule has a say in few of them.
  const faults = kind.faults.filter(({ code }) => !paths || code === 'path_forbidden');
  const allowed = paths ? { paths } : {};
  let programs: Programs;
  let bench: EngineBench;
  let world: W;
  let places: Places;
  let jobs: number;

  beforeAll(() => {
    programs = new Programs();
  });
  afterAll(() => programs.remove());
  beforeEach(async () => {
    bench = await EngineBench.create({ allowed });
    places = placesOf(bench.home, bench.dashboardId);
    world = await create(bench, paths);
    jobs = 0;
    await world.write({ 'index.html': '<p>first</p>', 'data/a.csv': 'a', 'data/b.csv': 'b' });
  });
  afterEach(async () => {
    await bench.dispose();
    await world.close();
  });

  async function job(n: number): Promise<PublishJob> {
    return { kind: 'publish', id: `job${++jobs}`, n, ...(await world.source()), framework: null, command: null };
  }
  const outcomeOf = async (n: number): Promise<Outcome> => bench.run(await job(n));
  const publish = async (n: number): Promise<RunnableVersion> =>
    bench.succeeded(n, await outcomeOf(n), { entry: 'index.html', command: null });
  const page = async (n: number, rest = ''): Promise<string> => (await bench.get(n, rest)).body;
  const names = (folder: string): string[] => (existsSync(folder) ? readdirSync(folder).sort() : []);
  const versions = (): string[] => names(places.versions);
  const verify = (n: number) => verifyVersion(places, n, new AbortController().signal);
  const change = (n: number, name: string, text: string): void => {
    const file = path.join(places.files(n), name);
    chmodSync(file, 0o644);
    writeFileSync(file, text);
  };
  const renew: Renew = async options => {
    await bench.engine.stop();
    bench.renew(options);
    bench.apply({ job: null });
    await lookUntil(() => ['serving', 'failed'].includes(bench.engine.status().state), 'the live version');
  };

  if (paths && !kind.ruled) {
    it('asks nobody for them, since it has none: it publishes, goes back and removes as everywhere', async () => {
      const first = await publish(1);
      await world.write({ 'index.html': '<p>second</p>' });
      await publish(2);
      bench.succeeded(1, await bench.activate(first), first);
      bench.apply({ kept: [1] });
      await lookUntil(() => versions().join() === '1', 'the end of version 2');
      expect(await page(1)).toBe('<p>first</p>');
    });
    return;
  }

  describe('plan', () => {
    it('says beforehand what the version holds that is made', async () => {
      const plan = await world.plan(programs);
      expect(await outcomeOf(1)).toMatchObject({ ok: true, ...plan });
    });
  });

  describe('materialise', () => {
    it('makes a version of the files as they are, and says how', async () => {
      const outcome = await outcomeOf(1);
      expect(outcome).toMatchObject({ ok: true, strategy, framework: 'static', files: copies ? 3 : 0 });
      bench.succeeded(1, outcome, { entry: 'index.html', command: null });
      expect([await page(1), await page(1, 'data/b.csv')]).toEqual(['<p>first</p>', 'b']);
    });

    it(
      copies
        ? 'keeps each version as it was, whatever becomes of the files'
        : 'copies nothing: each version is the files as they are',
      async () => {
        await publish(1);
        await world.write({ 'index.html': '<p>second</p>', 'data/a.csv': null, 'data/c.csv': 'c' });
        await publish(2);
        await world.write({ 'index.html': '<p>third</p>' });
        expect([await page(2), await page(2, 'data/c.csv')]).toEqual([copies ? '<p>second</p>' : '<p>third</p>', 'c']);
        expect((await bench.get(2, 'data/a.csv')).status).toBe(404);
      }
    );

    it(
      copies ? 'gives the same files the same name' : 'gives all files the same name: the version holds none of them',
      async () => {
        const hashes: string[] = [];
        for (const n of [1, 2, 3]) {
          const outcome = await outcomeOf(n);
          hashes.push(outcome.ok ? outcome.manifestHash : outcome.problem.message);
          if (n === 2) {
            await world.write({ 'data/b.csv': 'other' });
          }
        }
        expect(hashes[0]).toMatch(copies ? /^sha256:/ : /^live$/);
        expect(hashes[1]).toBe(hashes[0]);
        expect(hashes[2] === hashes[0]).toBe(!copies);
      }
    );
  });

  describe('activate', () => {
    it('makes a kept version live again', async () => {
      const first = await publish(1);
      await world.write({ 'index.html': '<p>second</p>', 'data/a.csv': null });
      await publish(2);
      bench.succeeded(1, await bench.activate(first), first);
      expect(await page(1)).toBe(copies ? '<p>first</p>' : '<p>second</p>');
      expect((await bench.get(1, 'data/a.csv')).status).toBe(copies ? 200 : 404);
    });

    it(
      copies
        ? 'does so though nothing may be published like this any longer: it is what was allowed'
        : 'does not where this is not allowed any longer: it would be what is there now',
      async () => {
        const first = await publish(1);
        await publish(2);
        await renew({ allowed: { strategies: STRATEGIES.filter(other => other !== strategy), paths: ['elsewhere'] } });
        const outcome = await bench.activate(first);
        if (copies) {
          expect(outcome).toMatchObject({ ok: true, files: 3 });
        } else {
          expect(shown(outcome)).toEqual(['strategy_forbidden', false, 'The files of version 1 are kept.']);
        }
      }
    );

    it(
      copies
        ? 'does not go back to a version whose files have been damaged, and says which'
        : 'goes back to a version whose files have been changed: that is no damage',
      async () => {
        const first = await publish(1);
        await world.write({ 'index.html': '<p>other</p>' });
        await publish(2);
        // As long as it was.
        change(1, 'index.html', '<p>wrong</p>');
        rmSync(path.join(places.files(1), 'data', 'b.csv'));
        const outcome = await bench.activate(first);
        if (!copies) {
          expect(outcome).toMatchObject({ ok: true });
          return;
        }
        expect(shown(outcome)).toEqual(['version_damaged', false, 'The files of version 1 are kept.']);
        expect(problemIn(outcome).detail).toBe('missing: data/b.csv\nchanged: index.html');
        expect(await page(2)).toBe('<p>other</p>');
      }
    );

    it('does not go back to a version that is gone', async () => {
      const first = await publish(1);
      await publish(2);
      rmSync(places.version(1), { recursive: true });
      expect(shown(await bench.activate(first))).toEqual(['file_missing', false, 'Nothing of version 1 is left.']);
      expect(await page(2)).toBe('<p>first</p>');
    });
  });

  describe('verify', () => {
    it(
      copies
        ? 'tells how a version differs from what it was'
        : 'finds nothing to compare: a version is what its files are',
      async () => {
        await publish(1);
        expect(await verify(1)).toEqual(UNCHANGED);
        change(1, 'data/a.csv', 'b');
        writeFileSync(path.join(places.files(1), 'new.csv'), '');
        rmSync(path.join(places.files(1), 'data', 'b.csv'));
        expect(await verify(1)).toEqual(
          copies ? { missing: ['data/b.csv'], changed: ['data/a.csv'], extra: ['new.csv'] } : UNCHANGED
        );
      }
    );
  });

  describe('release', () => {
    it('lets go of a version that another one has followed, once nobody uses it, and keeps it', async () => {
      const first = await publish(1);
      bench.connections.set(1, 1);
      await publish(2);
      expect(await page(1)).toBe('<p>first</p>');
      bench.connections.set(1, 0);
      await lookUntil(() => bench.engine.target(1) === null, 'the end of version 1');
      expect([versions(), await verify(1)]).toEqual([['1', '2'], UNCHANGED]);
      bench.succeeded(1, await bench.activate(first), first);
      expect(await page(1)).toBe('<p>first</p>');
    });
  });

  describe('remove', () => {
    it('takes the versions that are no longer kept, and those alone; never a file of the author’s', async () => {
      const made = [await publish(1), await publish(2), await publish(3)];
      const before = names(world.folder);
      bench.apply({ live: made[2] ?? null, job: null, kept: [2, 3] });
      await lookUntil(() => versions().join() === '2,3', 'the end of version 1');
      expect([await page(3), await page(3, 'data/a.csv')]).toEqual(['<p>first</p>', 'a']);
      expect([names(world.folder), names(path.join(world.folder, 'data'))]).toEqual([before, ['a.csv', 'b.csv']]);
      expect(await verify(2)).toEqual(UNCHANGED);
    });
  });

  describe('garbage-collect', () => {
    it('keeps for a next time what it says, and nothing once another way has made a version', async () => {
      await publish(1);
      const kept = () => names(places.dashboard).filter(name => !['versions', 'scratch'].includes(name));
      expect(kept()).toEqual([...(storageStrategy(strategy).keeps ?? [])].sort());
      await bench.project('elsewhere', { 'index.html': '<p>elsewhere</p>' });
      const source = { kind: 'files', root: '~/elsewhere', entry: 'index.html', scope: 'folder' } as const;
      const other: BuildJob = { kind: 'publish', id: 'other', n: 2, source, framework: null, command: null };
      bench.succeeded(2, await bench.run(other), { entry: 'index.html', command: null });
      expect(kept()).toEqual([]);
      expect([await page(2), existsSync(places.files(1))]).toEqual(['<p>elsewhere</p>', true]);
    });
  });

  describe('reconcile', () => {
    it('leaves nothing half-made of its name after kill -9 at any step; what there is goes at the next start', async () => {
      const first = await publish(1);
      const order = async (text: string) => {
        await world.write({ 'data/c.csv': text });
        const next = await job(2);
        return { home: bench.home, dashboardId: bench.dashboardId, job: next, allowed, world: world.process };
      };
      const make = async (text: string, killAt?: number) => {
        const next = await order(text);
        return programs.make(next, { killAt, send: (url, ended) => world.send?.(next.job, url, ended) });
      };
      const again = async (): Promise<void> => {
        await bench.restart();
        bench.apply({ live: first, job: null, kept: [1] });
        await lookUntil(() => versions().join() === '1' && bench.engine.target(1), 'the sweep');
        expect(await lookUntil(() => bench.engine.stored(), 'what is there')).toEqual({ here: [1], gone: [] });
      };
      const whole = await make('whole');
      expect(whole?.outcome).toMatchObject({ ok: true, strategy });
      await again();
      const steps = whole?.steps ?? 0;
      const ends = { killed: 0, halfMade: 0, named: 0 };
      for (let kill = 0; kill < KILLS; kill++) {
        // What its predecessors have left saves some steps, or costs some.
        const report = await make(`kill ${kill}`, Math.round(1 + (kill * (steps - 1)) / (KILLS - 1)));
        const left = versions().filter(name => name !== '1');
        expect(left.filter(name => name !== '2' && !name.startsWith('.tmp-2-'))).toEqual([]);
        ends.killed += report === null ? 1 : 0;
        ends.halfMade += left.some(name => name !== '2') ? 1 : 0;
        if (left.includes('2')) {
          ends.named += 1;
          expect(await verify(2)).toEqual(UNCHANGED);
        }
        expect(await page(1)).toBe('<p>first</p>');
        await again();
      }
      expect(ends.killed).toBeGreaterThan(KILLS / 2);
      expect([ends.halfMade > 0, ends.named > 0]).toEqual([true, true]);
      await publish(2);
      expect([await page(2), await page(2, 'data/c.csv')]).toEqual(['<p>first</p>', `kill ${KILLS - 1}`]);
      const known = ['versions', 'scratch', ...(storageStrategy(strategy).keeps ?? [])];
      expect(names(places.dashboard).filter(name => !known.includes(name))).toEqual([]);
    });

    it('says which versions are gone', async () => {
      await publish(1);
      const second = await publish(2);
      rmSync(places.version(1), { recursive: true });
      await bench.restart();
      bench.apply({ live: second, job: null, kept: [1, 2] });
      expect(await lookUntil(() => bench.engine.stored(), 'what is there')).toEqual({ here: [2], gone: [1] });
    });

    it('goes on after a runner that ended in order at any moment', async () => {
      await publish(1);
      await world.write({ 'index.html': '<p>second</p>' });
      bench.apply({ job: await job(2) });
      await bench.restart();
      await publish(2);
      expect([await page(2), versions()]).toEqual(['<p>second</p>', ['1', '2']]);
    });
  });

  describe('cancel', () => {
    it.each<[string, () => boolean]>([
      ['as soon as it has begun', () => true],
      ['while its files come here', () => bench.engine.progress().stage === 'copy'],
      ['once it has said something', () => bench.engine.progress().lines.length > 0],
      ['once its files are there', () => bench.engine.progress().stage === 'start']
    ])('leaves nothing of a publish %s, and makes the next one', async (_when, moment) => {
      await publish(1);
      bench.apply({ job: await job(2) });
      await reached(moment);
      bench.apply({ job: null });
      const outcome = await lookUntil(() => bench.outcomes.get(`job${jobs}`), 'the end of the cancelled build');
      expect(shown(outcome)).toEqual(['cancelled', false, 'Nothing of version 2 is left.']);
      expect([versions(), await page(1)]).toEqual([['1'], '<p>first</p>']);
      await world.write({ 'index.html': '<p>second</p>' });
      await publish(2);
      expect(await page(2)).toBe('<p>second</p>');
    });

    it('begins nothing where it is cancelled before', async () => {
      bench.apply({ job: await job(1) });
      bench.apply({ job: null });
      const outcome = await lookUntil(() => bench.outcomes.get(`job${jobs}`), 'the end of the cancelled build');
      expect(shown(outcome)).toEqual(['cancelled', false, 'Nothing of version 1 is left.']);
      expect([names(places.dashboard), bench.stages]).toEqual([[], []]);
    });
  });

  describe('errors', () => {
    it.each(faults)('$title: $code, retryable: $retryable, and nothing is left', async fault => {
      const { code, retryable, shuts = false } = fault;
      await publish(1);
      const mend = await fault.happen(world, renew);
      const outcome = await outcomeOf(2);
      expect(shown(outcome)).toEqual([code, retryable, 'Nothing of version 2 is left.']);
      expect(versions()).toEqual(['1']);
      expect(bench.engine.target(1) === null).toBe(shuts);
      if (copies) {
        expect([await page(1), await page(1, 'data/a.csv')]).toEqual(['<p>first</p>', 'a']);
      }
      await mend();
      await publish(2);
      expect([await page(2), await page(2, 'data/a.csv')]).toEqual(['<p>first</p>', 'a']);
    });

    it(
      needsRoom ? 'a disk that is full, and nothing is left on it' : 'needs no room on the disk for the files',
      async () => {
        const disk = createSmallDisk(DISK_KB);
        try {
          await world.write({ 'data/large.txt': incompressible(2 * DISK_KB * 1024) });
          const next = await job(1);
          const report = await programs.make(
            { home: bench.home, dashboardId: bench.dashboardId, job: next, allowed, world: world.process },
            { wrapper: disk.wrapper, send: (url, ended) => world.send?.(next, url, ended) }
          );
          if (!needsRoom) {
            expect(report).toMatchObject({ outcome: { ok: true }, versions: ['1'] });
          } else if (disk.code === 'disk_full') {
            expect(report && shown(report.outcome)).toEqual(['disk_full', false, 'Nothing of version 1 is left.']);
          }
          expect(report?.outcome.ok).toBe(!needsRoom);
          expect(report?.versions).toEqual(needsRoom ? [] : ['1']);
        } finally {
          disk.remove();
        }
      }
    );
  });

  /** Looks at each turn of the event loop. */
  async function reached(moment: () => boolean): Promise<void> {
    while (!moment() && !bench.outcomes.has(`job${jobs}`)) {
      await new Promise(setImmediate);
    }
  }
}

function problemIn(outcome: Outcome): Problem {
  if (outcome.ok) {
    throw new Error('the build has succeeded');
  }
  return outcome.problem;
}

/** What a failed build is told to be: its code, whether it is worth another try, and what is left. Sentence and fix are sentences. */
function shown(outcome: Outcome): [code: string, retryable: boolean, left: string | undefined] {
  const { code, message, fix, retryable = false, left } = problemIn(outcome);
  expect([message, fix]).toEqual([expect.stringMatching(SENTENCE), expect.stringMatching(SENTENCE)]);
  return [code, retryable, left];
}

/** A text that no transfer makes smaller. */
function incompressible(length: number): string {
  return randomBytes((length * 3) / 4).toString('base64');
}
