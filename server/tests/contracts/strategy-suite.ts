import { chmodSync, existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import type { BuildJob, BuildResult, RunnableVersion } from '../../contract';
import { EngineBench } from '../../runner/testing/engine-bench';
import { lookUntil } from '../../runner/testing/look-until';
import { placesOf } from '../../files/places';
import { verifyVersion } from '../../runner/versions/verify';
import type { PublishJob } from '../../runner/storage/strategy';
import { Making } from './making';
import type { CreateWorld, StrategyWorld } from './strategy-world';

type Outcome = BuildResult['outcome'];

/** What every strategy has to hold to that makes versions of their own. `create` makes where its files come from. */
export function holdsForVersions(name: string, create: CreateWorld): void {
  describe(name, () => {
    let bench: EngineBench;
    let world: StrategyWorld;
    let jobs: number;

    beforeEach(async () => {
      bench = await EngineBench.create();
      world = await create(bench);
      jobs = 0;
      await world.write({ 'index.html': '<p>first</p>', 'data/a.csv': 'a', 'data/b.csv': 'b' });
    });
    afterEach(async () => {
      await bench.dispose();
      await world.close();
    });

    async function job(n: number): Promise<BuildJob> {
      return { kind: 'publish', id: `job${++jobs}`, n, ...(await world.source()), framework: null, command: null };
    }
    const outcomeOf = async (n: number): Promise<Outcome> => bench.run(await job(n));
    const publish = async (n: number): Promise<RunnableVersion> =>
      bench.succeeded(n, await outcomeOf(n), { entry: 'index.html', command: null });
    const page = async (n: number, rest = ''): Promise<string> => (await bench.get(n, rest)).body;
    const versions = (): string[] => {
      const folder = path.dirname(path.dirname(bench.files(1)));
      return existsSync(folder) ? readdirSync(folder).sort() : [];
    };

    it('makes a version of the files as they are, and says how', async () => {
      const outcome = await outcomeOf(1);
      expect(outcome).toMatchObject({ ok: true, strategy: world.strategy, framework: 'static', files: 3 });
      bench.succeeded(1, outcome, { entry: 'index.html', command: null });
      expect(await page(1)).toBe('<p>first</p>');
      expect(await page(1, 'data/b.csv')).toBe('b');
    });

    it('keeps each version as it was, whatever becomes of the files', async () => {
      await publish(1);
      await world.write({ 'index.html': '<p>second</p>', 'data/a.csv': null, 'data/c.csv': 'c' });
      await publish(2);
      await world.write({ 'index.html': '<p>third</p>' });
      expect([await page(2), await page(2, 'data/c.csv')]).toEqual(['<p>second</p>', 'c']);
      expect((await bench.get(2, 'data/a.csv')).status).toBe(404);
      const first = { n: 1, framework: 'static', entry: 'index.html', command: null } as const;
      bench.succeeded(1, await bench.activate(first), first);
      expect([await page(1), await page(1, 'data/a.csv')]).toEqual(['<p>first</p>', 'a']);
    });

    it('can tell whether a version is still what it was', async () => {
      await publish(1);
      const places = placesOf(bench.home, bench.dashboardId);
      const verify = () => verifyVersion(places, 1, new AbortController().signal);
      expect(await verify()).toEqual({ missing: [], changed: [], extra: [] });
      const file = path.join(bench.files(1), 'data', 'a.csv');
      chmodSync(file, 0o644);
      writeFileSync(file, 'b');
      writeFileSync(path.join(bench.files(1), 'new.csv'), '');
      rmSync(path.join(bench.files(1), 'data', 'b.csv'));
      expect(await verify()).toEqual({ missing: ['data/b.csv'], changed: ['data/a.csv'], extra: ['new.csv'] });
    });

    it('does not go back to a version whose files have been damaged, and says which', async () => {
      const first = await publish(1);
      await world.write({ 'index.html': '<p>other</p>' });
      await publish(2);
      const file = path.join(bench.files(1), 'index.html');
      chmodSync(file, 0o644);
      // As long as it was.
      writeFileSync(file, '<p>wrong</p>');
      rmSync(path.join(bench.files(1), 'data', 'b.csv'));
      expect(await bench.activate(first)).toMatchObject({
        ok: false,
        problem: {
          code: 'version_damaged',
          fix: expect.stringContaining('Publish the dashboard again'),
          left: 'The files of version 1 are kept.',
          detail: 'missing: data/b.csv\nchanged: index.html'
        }
      });
      expect(await page(2)).toBe('<p>other</p>');
    });

    it('gives the same files the same name', async () => {
      const hashes: string[] = [];
      for (const n of [1, 2, 3]) {
        const outcome = await outcomeOf(n);
        hashes.push(outcome.ok ? outcome.manifestHash : outcome.problem.message);
        if (n === 2) {
          await world.write({ 'data/b.csv': 'other' });
        }
      }
      expect(hashes[0]).toMatch(/^sha256:/);
      expect(hashes[1]).toBe(hashes[0]);
      expect(hashes[2]).not.toBe(hashes[0]);
    });

    it('leaves nothing of a publish that fails, and the version before as it is', async () => {
      await publish(1);
      await world.breakDown();
      const outcome = await outcomeOf(2);
      expect(outcome).toMatchObject({
        ok: false,
        problem: { code: world.broken, left: 'Nothing of version 2 is left.' }
      });
      expect(outcome.ok ? '' : outcome.problem.fix).toMatch(/\w{3,}.*\.$/s);
      expect(versions()).toEqual(['1']);
      expect(await page(1)).toBe('<p>first</p>');
    });

    it('leaves nothing of a publish that is cancelled, and makes the next one', async () => {
      await publish(1);
      bench.apply({ job: await job(2) });
      bench.apply({ job: null });
      const outcome = await lookUntil(() => bench.outcomes.get(`job${jobs}`), 'the end of the cancelled build');
      expect(outcome).toMatchObject({ ok: false, problem: { code: 'cancelled' } });
      expect(versions()).toEqual(['1']);
      await world.write({ 'index.html': '<p>second</p>' });
      await publish(2);
      expect(await page(2)).toBe('<p>second</p>');
    });

    it('begins nothing where it is cancelled before', async () => {
      bench.apply({ job: await job(1) });
      bench.apply({ job: null });
      const outcome = await lookUntil(() => bench.outcomes.get(`job${jobs}`), 'the end of the cancelled build');
      expect(outcome).toMatchObject({
        ok: false,
        problem: { code: 'cancelled', left: 'Nothing of version 1 is left.' }
      });
      const dashboard = path.dirname(path.dirname(path.dirname(bench.files(1))));
      expect([versions(), existsSync(dashboard) ? readdirSync(dashboard) : []]).toEqual([[], []]);
      expect(bench.stages).toEqual([]);
    });

    it('leaves nothing of its name after kill -9 at any step; what there is goes at the next start', async () => {
      await publish(1);
      await world.write({ 'index.html': '<p>second</p>', 'data/c.csv': 'c' });
      const making = new Making();
      try {
        let halfMade = 0;
        for (let killAt = 1; ; killAt++) {
          const next = await job(2);
          const order = {
            ...{ home: bench.home, dashboardId: bench.dashboardId, strategy: world.strategy, world: world.process },
            ...{ job: next as PublishJob, killAt }
          };
          if (await making.run(order, url => world.send?.(next, url))) {
            expect(killAt).toBeGreaterThan(2);
            break;
          }
          const left = versions();
          expect(left.filter(name => !name.startsWith('.tmp-2-'))).toEqual(['1']);
          halfMade += left.length - 1;
          await bench.restart();
          await lookUntil(() => versions().join() === '1', 'the sweep');
        }
        expect(halfMade).toBeGreaterThan(0);
      } finally {
        making.remove();
      }
      await publish(3);
      expect([await page(3), await page(3, 'data/c.csv')]).toEqual(['<p>second</p>', 'c']);
    });

    it('goes on after a runner that ended in order at any moment', async () => {
      await publish(1);
      await world.write({ 'index.html': '<p>second</p>' });
      bench.apply({ job: await job(2) });
      await bench.restart();
      await publish(2);
      expect(await page(2)).toBe('<p>second</p>');
      expect(versions()).toEqual(['1', '2']);
    });

    it('keeps nothing for a next time once another strategy has made a version', async () => {
      await publish(1);
      const folder = path.dirname(path.dirname(path.dirname(bench.files(1))));
      await bench.project('elsewhere', { 'index.html': '<p>elsewhere</p>' });
      const source = { kind: 'files', root: '~/elsewhere', entry: 'index.html', scope: 'folder' } as const;
      const other: BuildJob = { kind: 'publish', id: 'other', n: 2, source, framework: null, command: null };
      bench.succeeded(2, await bench.run(other), { entry: 'index.html', command: null });
      expect(readdirSync(folder).filter(name => !['versions', 'scratch'].includes(name))).toEqual([]);
      expect([await page(2), existsSync(bench.files(1))]).toEqual(['<p>elsewhere</p>', true]);
    });

    it('removes the files of versions that are no longer kept, and those alone', async () => {
      const made = [await publish(1), await publish(2), await publish(3)];
      const [, , live] = made;
      bench.apply({ live: live ?? null, job: null, kept: [2, 3] });
      await lookUntil(() => versions().join() === '2,3', 'the end of version 1');
      expect(await page(3)).toBe('<p>first</p>');
    });
  });
}
