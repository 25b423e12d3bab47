import { FINAL_BUILD_STATES, type BuildState } from '../../contract';

/**
 * Which state of a build may follow which. Stages may be skipped (an `activate` copies nothing), and a build whose
 * server was lost goes back to `queued`.
 */
export const BUILD_TRANSITIONS = {
  queued: ['server', 'failed', 'cancelled'],
  server: ['copy', 'start', 'check', 'live', 'queued', 'failed', 'cancelled'],
  copy: ['start', 'check', 'live', 'queued', 'failed', 'cancelled'],
  start: ['check', 'live', 'queued', 'failed', 'cancelled'],
  check: ['live', 'queued', 'failed', 'cancelled'],
  live: [],
  failed: [],
  cancelled: []
} as const satisfies Record<BuildState, readonly BuildState[]>;

export function mayFollow(from: BuildState, to: BuildState): boolean {
  return (BUILD_TRANSITIONS[from] as readonly BuildState[]).includes(to);
}

export function isFinal(state: BuildState): boolean {
  return FINAL_BUILD_STATES.includes(state);
}
