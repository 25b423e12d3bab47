import { parentPort, workerData } from 'node:worker_threads';

import type { WatchOrder, WatchReport } from './files-watch';
import { look } from './look';

/** Of the time, at most this part is spent on looking. */
const PART = 1 / 20;

/** The watch's thread: says something each time that files have changed and are at rest again. */
function main({ folder, home, everyMs }: WatchOrder): void {
  const say = (report: WatchReport) => parentPort?.postMessage(report);
  let told = seen(folder, home);
  say('begun');
  let last = told;
  const lookAgain = () => {
    const begun = performance.now();
    const now = seen(folder, home);
    // Somebody may be in the middle of writing: told is what looks the same twice, and is there.
    if (now !== null && now === last && now !== told) {
      told = now;
      say('changed');
    }
    last = now;
    setTimeout(lookAgain, Math.max(everyMs, (performance.now() - begun) / PART));
  };
  setTimeout(lookAgain, everyMs);
}

function seen(folder: string, home: string): string | null {
  try {
    return look(folder, home);
  } catch {
    return null;
  }
}

main(workerData as WatchOrder);
