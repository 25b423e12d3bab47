import type { Target } from '../engine';
import { drain } from '../supervisor/drain';
import type { Connections } from './connections';

/** So long an app that another one has taken the place of goes on, for what it has begun with. */
const MOST_MS = 60_000;

/**
 * Has the viewers of an app go on to the one that has taken its place: what would never end by itself is ended in order, and
 * what it was asked before is answered. Resolves when that is over, after a minute, or when `signal` is aborted.
 */
export async function appLeft(target: Target, connections: Connections, signal: AbortSignal): Promise<void> {
  await drain({
    quietMs: 0,
    mostMs: 0,
    transferMs: MOST_MS,
    connections: () => connections.countAt(target),
    idle: () => Number.POSITIVE_INFINITY,
    close: () => connections.leaveAt(target),
    cutOff: () => connections.closeAt(target),
    signal
  });
}
