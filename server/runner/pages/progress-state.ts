import type { AppStatus, Problem } from '../../contract';
import type { Progress } from '../engine';

/** The steps that the page shows, in their order. */
export const STEPS = [
  { id: 'copy', title: 'Copying files' },
  { id: 'start', title: 'Starting' },
  { id: 'check', title: 'Checking' },
  { id: 'live', title: 'Ready' }
] as const;
export type StepId = (typeof STEPS)[number]['id'];

/** What the progress page shows; also one `progress` event of its stream. */
export interface ProgressState {
  /** The step under way, or null before the first. */
  step: StepId | null;
  /** A sentence for everybody. */
  message: string;
  failed: boolean;
  /** The app answers: the page reloads into it. */
  ready: boolean;
  /** For the owner alone. */
  problem: Problem | null;
}

/** Puts the engine's words into what one viewer may see. */
export function progressState(status: AppStatus, progress: Progress, ready: boolean, owner: boolean): ProgressState {
  const failed = !ready && (status.state === 'failed' || progress.stage === 'failed');
  return {
    step: ready ? 'live' : stepOf(status, progress),
    message: ready ? 'The dashboard is ready.' : messageFor(status, progress, failed, owner),
    failed,
    ready,
    problem: failed && (owner || isForAll(status.problem)) ? status.problem : null
  };
}

/** What every viewer may know: it says nothing of the app. */
function isForAll(problem: Problem | null): boolean {
  return problem?.code === 'memory_short' || problem?.code === 'versions_open';
}

function stepOf(status: AppStatus, progress: Progress): StepId | null {
  switch (progress.stage) {
    case 'copy':
    case 'start':
    case 'check':
    case 'live':
      return progress.stage;
    default:
      return status.state === 'starting' || status.state === 'restarting' ? 'start' : null;
  }
}

function messageFor(status: AppStatus, progress: Progress, failed: boolean, owner: boolean): string {
  if (failed) {
    return owner || isForAll(status.problem)
      ? (status.problem?.message ?? 'The dashboard could not be started.')
      : 'This dashboard cannot be shown at the moment. Its owner can see why; try again later.';
  }
  if (progress.stage === 'cancelled') {
    return 'Publishing was cancelled.';
  }
  if (status.state === 'restarting') {
    return 'The dashboard stopped and is restarting.';
  }
  return 'The dashboard is starting. This page opens it when it is ready.';
}

/** The lines of `next` that `previous` does not hold, both being the newest lines of one growing log. */
export function appendedLines(previous: readonly string[], next: readonly string[]): string[] {
  for (let dropped = 0; dropped <= previous.length; dropped += 1) {
    const kept = previous.length - dropped;
    if (kept <= next.length && previous.slice(dropped).every((line, at) => line === next[at])) {
      return next.slice(kept);
    }
  }
  return [...next];
}
