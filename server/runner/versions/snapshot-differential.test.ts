import { execFileSync } from 'node:child_process';
import { lstatSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import fc from 'fast-check';

import { readManifest } from '../../files/read-manifest';
import { copierThat } from '../testing/copier-double';
import { apply, rounds, type Change } from '../testing/tree-changes';
import { placesOf, type Places } from '../../files/places';
import { takeSnapshot } from './snapshot';
import { DEFAULT_LIMITS } from '../../files/limits';

/** What of the folder rsync would have to transfer, change or delete to make the version the same, by content. */
function differences(folder: string, version: string): string {
  const flags = ['-rltDcE', '--delete', '--dry-run', '--itemize-changes', '--out-format=%i %n%L'];
  return execFileSync('rsync', [...flags, `${folder}/`, `${version}/`], { encoding: 'utf8' });
}

/** Paths whose time is not kept to the microsecond, or is in a later second. */
function wrongTimes(places: Places, version: number): string[] {
  return (readManifest(places.manifest(version))?.entries ?? [])
    .filter(({ path: at, mtime }) => {
      const kept = lstatSync(path.join(places.files(version), at), { bigint: true }).mtimeNs;
      const difference = kept - BigInt(mtime);
      return difference > 1_000n || difference < -1_000n || floorSecond(kept) !== floorSecond(BigInt(mtime));
    })
    .map(entry => entry.path);
}

function floorSecond(nanoseconds: bigint): bigint {
  return (nanoseconds - (((nanoseconds % 1_000_000_000n) + 1_000_000_000n) % 1_000_000_000n)) / 1_000_000_000n;
}

/** Makes a version look as if everything in it had been written long before it: what is unchanged is trusted unread. */
function trustTimes(places: Places, version: number): void {
  const [summary, ...rest] = readFileSync(places.manifest(version), 'utf8').split('\n');
  const later = { ...(JSON.parse(summary ?? '') as object), startedAt: Date.now() + 3_600_000 };
  writeFileSync(places.manifest(version), [JSON.stringify(later), ...rest].join('\n'));
}

/** Until changes get another time than those before. */
function untilTheClockMoves(folder: string): void {
  const probe = path.join(folder, 'probe');
  const ctime = () => {
    writeFileSync(probe, '');
    return statSync(probe, { bigint: true }).ctimeNs;
  };
  for (const before = ctime(); ctime() === before;) {
    // Look again.
  }
}

const inThisThread = copierThat(() => undefined);

async function check(changes: Change[][], own: boolean, trusting: boolean, copier = inThisThread): Promise<void> {
  const home = mkdtempSync(path.join(tmpdir(), 'differential-'));
  try {
    const root = path.join(home, 'project');
    mkdirSync(root);
    const places = placesOf(home, 'd1');
    const asItWas = (n: number) => path.join(home, `reference-${n}`);
    for (const [index, round] of changes.entries()) {
      const n = index + 1;
      round.forEach(change => apply(root, change));
      await takeSnapshot({
        places,
        home,
        version: n,
        source: { root, entry: '.', scope: 'folder' },
        own,
        signal: new AbortController().signal,
        limits: DEFAULT_LIMITS,
        progress: () => undefined,
        copier
      });
      expect(differences(root, places.files(n))).toBe('');
      expect(wrongTimes(places, n)).toEqual([]);
      execFileSync('cp', ['-a', root, asItWas(n)]);
      if (trusting) {
        trustTimes(places, n);
        untilTheClockMoves(home);
      }
    }
    // Whatever has happened since, to the folder and beside it.
    for (const n of changes.keys()) {
      expect(differences(asItWas(n + 1), places.files(n + 1))).toBe('');
    }
  } finally {
    rmSync(home, { recursive: true });
  }
}

const OLD: Change[] = [
  { kind: 'write', at: 'a', size: 100, byte: 1 },
  { kind: 'time', at: 'a', time: 1_700_000_000 }
];
const CHANGED_UNSEEN: Change = { kind: 'edit', at: 'a', byte: 9, keepTime: true };
/** Changes that neither size nor time of a file shows. */
const DISGUISED: Change[][][] = [
  [OLD, [CHANGED_UNSEEN]],
  [OLD, [{ kind: 'program', at: 'a' }]],
  [OLD, [CHANGED_UNSEEN, { kind: 'rename', at: 'a', to: 'b' }]],
  [
    [...OLD, { kind: 'write', at: 'b', size: 100, byte: 2 }, { kind: 'time', at: 'b', time: 1_700_000_000 }],
    [{ kind: 'rename', at: 'b', to: 'a' }]
  ]
];

describe('versions of any folder, changed in any way between them', () => {
  const TIME = { interruptAfterTimeLimit: 10_000, markInterruptAsFailure: false } as const;

  it('are what rsync would make of it, and stay so', async () => {
    const property = fc.asyncProperty(rounds(false), fc.boolean(), (changes, trusting) =>
      check(changes, false, trusting)
    );
    await fc.assert(property, { numRuns: 40, examples: DISGUISED.map(changes => [changes, true]), ...TIME });
  });

  it('are so where they are made of the store’s own files, which are replaced and not changed', async () => {
    const property = fc.asyncProperty(rounds(true), fc.boolean(), (changes, trusting) =>
      check(changes, true, trusting)
    );
    await fc.assert(property, { numRuns: 25, ...TIME });
  });

  it('are so in a thread of their own', async () => {
    const property = fc.asyncProperty(rounds(false), changes => check(changes, false, true, undefined));
    await fc.assert(property, { numRuns: 3, ...TIME });
  });
});
