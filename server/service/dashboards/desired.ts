import type { DesiredState } from '../../contract';

/** What the owner wants, and what it may become. A dashboard that is `off` never falls asleep: only a start ends it. */
export const DESIRED_TRANSITIONS = {
  on: ['asleep', 'off'],
  asleep: ['on', 'off'],
  off: ['on']
} as const satisfies Record<DesiredState, readonly DesiredState[]>;

export function mayBecome(from: DesiredState, to: DesiredState): boolean {
  return (DESIRED_TRANSITIONS[from] as readonly DesiredState[]).includes(to);
}
