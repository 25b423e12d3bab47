import { existsSync, mkdirSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { placesOf, type Places } from '../../files/places';
import { EngineBench } from '../testing/engine-bench';
import { makeUnremovable, removeByForce } from '../testing/deep-tree';
import { lookUntil } from '../testing/look-until';
import { RUN, SMALL_APPS } from '../testing/small-apps';
import { removeVersion, sweep } from './remove';
import { Tidier } from './tidier';

describe('versions that cannot be removed', () => {
  let home: string;
  let places: Places;
  const said: string[] = [];

  beforeEach(() => {
    home = mkdtempSync(path.join(tmpdir(), 'home-'));
    places = placesOf(home, 'd1');
    said.length = 0;
    for (const n of [1, 2, 3]) {
      mkdirSync(places.files(n), { recursive: true });
      mkdirSync(places.scratch(n), { recursive: true });
    }
    makeUnremovable(places.files(1));
  });
  afterEach(() => removeByForce(home));

  const names = () => readdirSync(places.versions).sort();
  const left = () => names().filter(name => name.startsWith('.tmp-1-removed-'));
  const scratches = () => readdirSync(path.join(places.dashboard, 'scratch')).sort();

  it('keep no other, and no name; they are removed as soon as that works', async () => {
    const tidier = new Tidier(places, Promise.resolve(), line => said.push(line));
    tidier.run(n => n < 3);
    await lookUntil(() => names().length === 2 && scratches().length === 1, 'the end of version 2');
    expect([left().length, names().at(-1), scratches()]).toEqual([1, '3', ['v3']]);
    tidier.run(() => false);
    tidier.run(() => false);
    removeByForce(path.join(places.versions, left()[0] ?? ''));
    mkdirSync(path.join(places.versions, '.tmp-1-removed-1-1'));
    tidier.run(() => false);
    await lookUntil(() => left().length === 0, 'the end of what was left');
    expect(said[0]).toBe('Version 1 could not be removed from the disk yet (ENAMETOOLONG).');
    expect(new Set(said).size).toBe(said.length);
  });

  it('keep nothing else from being swept at the next start', async () => {
    await expect(removeVersion(places, 1)).rejects.toThrow();
    writeFileSync(path.join(places.versions, '.tmp-2-abc'), '');
    await expect(sweep(places)).rejects.toThrow(/ENAMETOOLONG/);
    expect([left().length, names().slice(1), scratches()]).toEqual([1, ['2', '3'], ['v2', 'v3']]);
  });
});

it('the scratch folder of a removed version is not lost, though it could not be removed with it', async () => {
  const home = mkdtempSync(path.join(tmpdir(), 'home-'));
  const places = placesOf(home, 'd1');
  mkdirSync(places.files(1), { recursive: true });
  mkdirSync(places.scratch(1), { recursive: true });
  makeUnremovable(places.scratch(1));
  await expect(removeVersion(places, 1)).rejects.toThrow();
  expect(existsSync(places.version(1))).toBe(false);
  removeByForce(path.join(places.scratch(1), 'deep'));
  await sweep(places);
  expect([existsSync(places.scratch(1)), readdirSync(places.versions)]).toEqual([false, []]);
  removeByForce(home);
});

/** Makes a tree that is too deep for paths where it may write, and ends. */
const DIGGING = `
import os
os.chdir(SCRATCH)
for _ in range(30):
    os.mkdir("x" * 200)
    os.chdir("x" * 200)
raise SystemExit("dug")
`;

it('what a failed build leaves is part of what its author is told', async () => {
  const bench = await EngineBench.create();
  try {
    const places = placesOf(bench.home, bench.dashboardId);
    const app = DIGGING.replace('SCRATCH', JSON.stringify(places.scratch(1)));
    const source = await bench.source({ 'app.py': app }, 'app.py');
    const problem = await bench.refused(1, source, { command: RUN, framework: 'command' });
    expect(problem).toMatchObject({
      code: 'app_exited',
      left: 'Some files of version 1 could not be removed yet (ENAMETOOLONG): that is tried again by itself.'
    });
    expect(bench.lines).toContain(problem.left);
    expect(existsSync(places.version(1))).toBe(false);
    const broken = await bench.refused(2, await bench.source({ 'app.py': SMALL_APPS.exiting }, 'app.py'), {
      command: RUN,
      framework: 'command'
    });
    expect(broken.left).toBe('Nothing of version 2 is left.');
  } finally {
    removeByForce(path.join(bench.home, '.dashboards'));
    await bench.dispose();
  }
});
