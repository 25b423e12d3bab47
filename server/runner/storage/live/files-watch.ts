import { Worker } from 'node:worker_threads';

import type { RunnableVersion } from '../../../contract';
import { frameworkOf } from '../../../frameworks';
import { threadProgram } from '../../thread-program';

/** Whether an app has to be started anew to show what has changed in its files. */
export function isWatched({ framework }: RunnableVersion): boolean {
  return !frameworkOf(framework).readsAnew;
}

/** Tells of changes of files that are served where their author works on them. */
export interface FilesWatch {
  /** Resolves when it has seen the files for the first time: what is changed from then on is told. */
  readonly begun: Promise<void>;
  /** Resolves with the next change that has not been told of, once nothing more has changed for a moment. */
  changed(): Promise<void>;
  /** Resolves with the reason when it sees nothing any longer, which does not mend itself. */
  readonly lost: Promise<string>;
  close(): void;
}

/** What the thread says: once that it has begun, and then of each change. */
export type WatchReport = 'begun' | 'changed';

/** What the thread looks at. */
export interface WatchOrder {
  /** Absolute. */
  folder: string;
  /** The author's home folder: if it is that itself, what is hidden there does not count. */
  home: string;
  everyMs: number;
}

const EVERY_MS = 1_000;
/** Names and times of some ten thousand files at a time. */
const MEMORY_MB = 64;

/**
 * Watches a folder by looking at it now and then, in a thread of its own: a network's file server says nothing of changes
 * that are made elsewhere.
 *
 * @param folder - absolute.
 * @param home - the author's home folder, absolute.
 */
export function watchFiles(folder: string, home: string, everyMs = EVERY_MS): FilesWatch {
  const order: WatchOrder = { folder, home, everyMs };
  const thread = new Worker(threadProgram('files-watcher'), {
    workerData: order,
    resourceLimits: { maxOldGenerationSizeMb: MEMORY_MB }
  });
  thread.unref();
  let begin = () => {};
  const begun = new Promise<void>(resolve => (begin = resolve));
  let waiting: { told: Promise<void>; tell: () => void } | null = null;
  let untold = false;
  thread.on('message', (said: WatchReport) => {
    if (said === 'begun') {
      begin();
      return;
    }
    untold = waiting === null;
    waiting?.tell();
    waiting = null;
  });
  const lost = new Promise<string>(resolve => {
    // Without it the app is served as it is; to its viewers that is no failure.
    thread.on('error', ({ message }) => {
      begin();
      resolve(message);
    });
  });
  return {
    begun,
    lost,
    changed() {
      if (untold) {
        untold = false;
        return Promise.resolve();
      }
      if (waiting === null) {
        let tell = () => {};
        const told = new Promise<void>(resolve => (tell = resolve));
        waiting = { told, tell };
      }
      return waiting.told;
    },
    close: () => void thread.terminate()
  };
}
