import { open, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { MARGIN_NS } from '../../../files/times';
import { failed, ok, warning, type Attempt } from './attempt';

/** Enough to see the two seconds of FAT. */
const PATIENCE_MS = 2_500;

/** By their times, files are known not to have changed since the version before. */
export const times: Attempt = {
  id: 'store-times',
  what: 'The time of a file',
  fix: 'Give homes a file system that keeps the times of files.',
  async tries({ work }, _before, signal) {
    const file = path.join(work, 'times');
    const begun = BigInt(Date.now()) * 1_000_000n;
    await writeFile(file, 'x');
    const made = await stat(file, { bigint: true });
    const ended = BigInt(Date.now()) * 1_000_000n;
    const apart = made.ctimeNs < begun ? made.ctimeNs - begun : made.ctimeNs > ended ? made.ctimeNs - ended : 0n;
    const step = await smallestStep(file, signal);
    if (step === null || step >= MARGIN_NS) {
      const seen = step === null ? 'are not seen in its time' : `are seen in steps of ${human(step)}`;
      return failed(`Changes of a file ${seen}: an update could miss some.`, this.fix);
    }
    if (apart <= -(MARGIN_NS - step)) {
      return failed(
        `The clock of the file server is ${human(-apart)} behind: an update could miss changes.`,
        'Set the clocks of the file server and of this machine by one time server (NTP).'
      );
    }
    if (apart >= MARGIN_NS) {
      return warning(
        `The clock of the file server is ${human(apart)} ahead: what was changed shortly before is copied again.`,
        'Set the clocks of the file server and of this machine by one time server (NTP).'
      );
    }
    return ok(`Two changes of a file have different times when they are ${human(step)} apart.`);
  }
};

/** Smallest difference, in ns, between the times of changes one after the other; null: they have no different times. */
async function smallestStep(file: string, signal: AbortSignal): Promise<bigint | null> {
  const handle = await open(file, 'r+');
  try {
    const end = performance.now() + PATIENCE_MS;
    let last = (await handle.stat({ bigint: true })).mtimeNs;
    let smallest: bigint | null = null;
    for (let seen = 0; seen < 20 && performance.now() < end;) {
      signal.throwIfAborted();
      await handle.write('y', 0);
      const { mtimeNs } = await handle.stat({ bigint: true });
      if (mtimeNs > last) {
        const step = mtimeNs - last;
        smallest = smallest === null || step < smallest ? step : smallest;
        seen += 1;
      }
      last = mtimeNs;
    }
    return smallest;
  } finally {
    await handle.close();
  }
}

function human(ns: bigint): string {
  const ms = Number(ns) / 1e6;
  return ms >= 1_000 ? `${(ms / 1_000).toFixed(1)} s` : ms >= 0.1 ? `${ms.toFixed(1)} ms` : `${Math.ceil(ms * 1e3)} µs`;
}
