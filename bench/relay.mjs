import { execFile } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';

import { step } from '../scripts/setup/progress.mjs';
import { rounded } from './figures.mjs';
import { localShell, startEnds } from './relay/ends.mjs';
import { changeTree, createTree, TREE } from './snapshot/tree.mjs';
import { inTurns, middle, rsyncVersion, timed } from './turns.mjs';

export const CASES = ['first', 'one-percent'];

/** Hashes of files that were changed shortly before they are read are not kept. */
const SETTLED_MS = 6_000;
/**
 * A gigabyte is sent less often than what has changed of it. Nothing is removed in between: ext4 does not use the inodes of
 * removed files for minutes, but looks at each of them for every file that is made.
 */
const FIRST_PAIRS = 3;

const exec = promisify(execFile);

/**
 * A project of 20,000 files and 1 GB on its way through configurable-http-proxy, beside `rsync -a` over a pipe. Ours is
 * hashed, compressed, checked and on the disk when it counts as done.
 *
 * @param {import('./measure.mjs').Bench} bench
 */
export async function run(bench) {
  const rsync = await rsyncVersion();
  const root = join(bench.data, 'project');
  mkdirSync(bench.data, { recursive: true });
  const shell = localShell(bench.data);
  const theirs = async copy => {
    const options = ['-a', '--delete', `--rsh=${shell}`, `${root}/`, `here:${join(bench.data, copy)}/`];
    return { rsync: rounded(await timed(() => exec('rsync', options, { signal: bench.signal }))) };
  };
  await step(`Making ${TREE.files.toLocaleString('en')} files`, async () => createTree(root));
  await step('The files settle', () => delay(SETTLED_MS, undefined, { signal: bench.signal }));
  const cases = {};
  if (bench.wanted('one-percent')) {
    cases['one-percent'] = await changed({ bench, rsync, root, theirs });
  }
  if (bench.wanted('first')) {
    cases.first = await first({ bench, rsync, root, theirs });
  }
  return cases;
}

async function first({ bench, rsync, root, theirs }) {
  const runs = [];
  const pairs = Math.min(bench.pairs, FIRST_PAIRS);
  for (let n = 1; n <= pairs; n++) {
    const ours = async () => {
      const ends = await startEnds(bench, `first-${n}`);
      const { seconds, sent } = await ends.push(root);
      await ends.end();
      return { ours: rounded(seconds), sent_mb: rounded(sent / 1e6, 1) };
    };
    runs.push(await step(`First push, pair ${n} of ${pairs}`, () => inTurns(n, ours, () => theirs(`copy-${n}`))));
  }
  const speed = middle(runs, run => TREE.bytes / 1e6 / run.ours);
  return {
    value: speed,
    unit: 'MB/s',
    mb_per_s: speed,
    ratio_rsync: middle(runs, run => run.ours / run.rsync),
    runs,
    reference: reference(rsync)
  };
}

async function changed({ bench, rsync, root, theirs }) {
  const ends = await startEnds(bench, 'next');
  const ours = async () => {
    const { seconds, sent } = await ends.push(root);
    await ends.keep();
    return { ours: rounded(seconds), sent_mb: rounded(sent / 1e6, 2) };
  };
  const runs = [];
  const theirsNext = () => theirs('copy');
  try {
    await step('What they begin with', async () => {
      await ours();
      await theirsNext();
    });
    for (let n = 1; n <= bench.pairs; n++) {
      changeTree(root, n);
      await delay(SETTLED_MS, undefined, { signal: bench.signal });
      runs.push(await step(`One percent changed, pair ${n} of ${bench.pairs}`, () => inTurns(n, ours, theirsNext)));
    }
    // Byte for byte, and the times.
    await step('Comparing', () => same(root, ends.replica));
  } finally {
    await ends.end();
  }
  return {
    value: middle(runs, run => run.ours),
    unit: 's',
    ratio_rsync: middle(runs, run => run.ours / run.rsync),
    sent_mb: middle(runs, run => run.sent_mb),
    runs,
    reference: reference(rsync)
  };
}

const reference = rsync =>
  `rsync -a --delete over a pipe, ${rsync}: without a proxy, a token, hashes, or waiting for the disk`;

async function same(root, replica) {
  const options = ['--archive', '--no-perms', '--checksum', '--delete', '--dry-run', '--itemize-changes'];
  const { stdout } = await exec('rsync', [...options, '--modify-window=1', `${root}/`, `${replica}/`]);
  const differences = stdout.split('\n').filter(line => line !== '' && !line.startsWith('.d'));
  if (differences.length > 0) {
    throw new Error(`What was sent is not what there is:\n${differences.slice(0, 20).join('\n')}`);
  }
}
