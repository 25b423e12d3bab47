import { execFile } from 'node:child_process';
import { mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';

import { step } from '../scripts/setup/progress.mjs';
import { rounded } from './figures.mjs';
import { startCopier } from './snapshot/copier.mjs';
import { changeTree, createTree, TREE } from './snapshot/tree.mjs';
import { inTurns, middle, rsyncVersion, settle, timed } from './turns.mjs';

export const CASES = ['unchanged', 'one-percent', 'first', 'rename', 'memory'];

/** Files that were changed shortly before they are copied are compared the next time, as if they might have changed. */
const SETTLED_MS = 6_000;
/**
 * The first copy of a gigabyte is measured less often than what follows. Nothing is removed in between: ext4 does not use
 * the inodes of removed files for minutes, but looks at each of them for every file that is made.
 */
const FIRST_PAIRS = 3;

const exec = promisify(execFile);

/**
 * Versions of a project of 20,000 files and 1 GB, beside what one would use without us: `rsync --link-dest` for the next
 * copy of a folder, `cp -a` for the first. Ours are hashed and on the disk when they are counted as done, theirs are not.
 *
 * @param {import('./measure.mjs').Bench} bench
 */
export async function run(bench) {
  const rsync = await rsyncVersion();
  const around = { bench, rsync, root: join(bench.data, 'project'), copies: join(bench.data, 'copies') };
  mkdirSync(around.copies, { recursive: true });
  await step(`Making ${TREE.files.toLocaleString('en')} files`, async () => createTree(around.root));
  await step('The files settle', () => delay(SETTLED_MS, undefined, { signal: bench.signal }));
  const cases = {};
  if (bench.wanted('first') || bench.wanted('memory')) {
    const { first, memory } = await firstCopies(around);
    Object.assign(cases, bench.wanted('first') && { first }, bench.wanted('memory') && { memory });
  }
  if (['unchanged', 'one-percent', 'rename'].some(name => bench.wanted(name))) {
    Object.assign(cases, await nextCopies(around));
  }
  return cases;
}

/** The first version of a dashboard: everything is copied. Each time by a process of its own, whose memory is looked at. */
async function firstCopies({ bench, root, copies }) {
  const runs = [];
  const pairs = Math.min(bench.pairs, FIRST_PAIRS);
  for (let n = 1; n <= pairs; n++) {
    const ours = async () => {
      const copier = await startCopier(bench.data, bench.signal);
      const { seconds, peak_mb } = await copier.take(`first${n}`, 1, root);
      await copier.end();
      return { ours: rounded(seconds), peak_mb: rounded(peak_mb, 1) };
    };
    const theirs = async () => {
      const copy = join(copies, `cp-${n}`);
      const cp = rounded(await timed(() => exec('cp', ['-a', root, copy], { signal: bench.signal })));
      const cp_synced = rounded(cp + (await timed(settle)));
      return { cp, cp_synced };
    };
    runs.push(await step(`First copy, pair ${n} of ${pairs}`, () => inTurns(n, ours, theirs)));
    await settle();
  }
  return {
    first: {
      value: middle(runs, run => run.ours),
      unit: 's',
      ratio_cp: middle(runs, run => run.ours / run.cp),
      ratio_cp_synced: middle(runs, run => run.ours / run.cp_synced),
      runs,
      reference: 'cp -a, which hashes nothing; cp_synced: and then sync -f, since ours is on the disk'
    },
    memory: {
      value: rounded(Math.max(...runs.map(run => run.peak_mb)), 1),
      unit: 'MB RSS',
      runs: runs.map(run => run.peak_mb),
      reference: 'none: VmHWM of the process that has made the first copy, the most of all runs'
    }
  };
}

/** Further versions: of a folder in which nothing has changed, one file in a hundred, or the name of its largest one. */
async function nextCopies(around) {
  const { bench, root, copies, rsync } = around;
  const copier = await startCopier(bench.data, bench.signal);
  const last = { ours: 1, theirs: 1 };
  const ours = async () => {
    const { seconds } = await copier.take('next', last.ours + 1, root);
    await copier.remove('next', last.ours++);
    return { ours: rounded(seconds) };
  };
  const theirs = async () => {
    const [before, next] = [join(copies, String(last.theirs)), join(copies, String(last.theirs + 1))];
    const options = ['-a', `--link-dest=${before}`, `${root}/`, next];
    const seconds = await timed(() => exec('rsync', options, { signal: bench.signal }));
    rmSync(before, { recursive: true });
    last.theirs += 1;
    return { rsync: rounded(seconds) };
  };
  const compare = async (title, change) => {
    const runs = [];
    for (let n = 1; n <= bench.pairs; n++) {
      change(n);
      runs.push(await step(`${title}, pair ${n} of ${bench.pairs}`, () => inTurns(n, ours, theirs)));
    }
    return {
      value: middle(runs, run => run.ours),
      unit: 's',
      ratio_rsync: middle(runs, run => run.ours / run.rsync),
      runs,
      reference: `rsync -a --link-dest, ${rsync}, which hashes nothing and does not wait for the disk`
    };
  };
  const cases = {};
  try {
    await step('The versions that they begin with', async () => {
      await copier.take('next', 1, root);
      await exec('rsync', ['-a', `${root}/`, join(copies, '1')], { signal: bench.signal });
    });
    if (bench.wanted('unchanged')) {
      cases.unchanged = await compare('Nothing changed', () => undefined);
    }
    if (bench.wanted('one-percent')) {
      cases['one-percent'] = await compare('One percent changed', n => changeTree(root, n));
    }
    if (bench.wanted('rename')) {
      cases.rename = await step('150 MB renamed', () => renamed(copier, root, last.ours));
    }
  } finally {
    await copier.end();
  }
  return cases;
}

async function renamed(copier, root, before) {
  renameSync(join(root, 'model.bin'), join(root, 'model-renamed.bin'));
  const { files } = await copier.take('next', before + 1, root);
  // What has been counted in one folder is not counted in those named after it.
  const { stdout } = await exec('du', ['--summarize', '--block-size=1', join(files, `../../${before}`), files]);
  const added = Number(stdout.trim().split('\n').at(-1)?.split('\t')[0]) / 1e6;
  return {
    value: rounded(added, 1),
    unit: 'MB',
    added_mb: rounded(added, 1),
    runs: [rounded(added, 1)],
    reference: 'none: du of the version after the rename, without what it shares with the one before'
  };
}
