import type { AppStatus } from '../../contract';
import type { Engine, Progress } from '../engine';

/** What a progress page is about: the live version, or one that was opened by its own link. */
export interface ProgressSource {
  status(): AppStatus;
  progress(): Progress;
  /** There is something else to show now: the page loads again. */
  ready(): boolean;
}

/** @param version - null: whichever is live */
export function progressOf(engine: Engine, version: number | null): ProgressSource {
  if (version === null) {
    return {
      status: () => engine.status(),
      progress: () => engine.progress(),
      ready() {
        const live = engine.live();
        return live !== null && engine.target(live) !== null;
      }
    };
  }
  const nobody: AppStatus = { state: 'none', version, problem: null };
  return {
    status: () => engine.visited(version)?.status ?? nobody,
    progress: () => ({ version, stage: null, lines: [...(engine.visited(version)?.lines ?? [])] }),
    // Once it is no longer wanted, its address leads elsewhere.
    ready: () => engine.target(version) !== null || engine.visited(version) === null
  };
}
