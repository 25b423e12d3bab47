import type { Progress } from './order';

const EVERY_MS = 100;

/** Somebody no longer wants the version. */
export class Stopped extends Error {}

/** What connects the copier with those who wait for it: it is never in an event loop, and so has to look itself. */
export interface Watch {
  /** @throws Stopped */
  check(): void;
  /** Told about each file; passes it on now and then. */
  progress(progress: Progress): void;
}

/** @param stopped - asked between files, and between pieces of large ones. */
export function createWatch(stopped: () => boolean, tell: (progress: Progress) => void): Watch {
  let told = -Infinity;
  return {
    check() {
      if (stopped()) {
        throw new Stopped('The copy was stopped.');
      }
    },
    progress(progress) {
      const now = performance.now();
      if (now - told >= EVERY_MS) {
        told = now;
        tell(progress);
      }
    }
  };
}
