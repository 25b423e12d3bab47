import type { Problem } from '../../contract';
import type { Clock } from '../clock';
import type { Channels } from './channels';
import { activeBuild, builtWhileStopped, type DashboardAggregate } from './dashboard';
import type { Life } from './life';
import type { Servers } from './servers';
import { shownState, whatStopped } from './state';

/** A failed start is tried again by a visit after this time, not earlier: visits must not drive a start that fails. */
const RETRY_MS = 20_000;

/** What a visitor gets. */
export type Visit =
  | { kind: 'open' }
  | { kind: 'starting'; building: boolean }
  | { kind: 'off' }
  | { kind: 'cancelled'; problem: Problem | null }
  | { kind: 'failed'; problem: Problem | null };

export interface VisitOptions {
  channels: Channels;
  life: Life;
  servers: Servers;
  clock: Clock;
}

/** Lets a visitor in, and wakes what sleeps: one start for any number of visits. */
export async function visit(options: VisitOptions, aggregate: DashboardAggregate): Promise<Visit> {
  const { channels, life, servers, clock } = options;
  const { dashboard, runner } = aggregate;
  const connected = channels.connected(dashboard.id);
  const state = shownState(aggregate, connected);
  if (state === 'off') {
    return { kind: 'off' };
  }
  if (state === 'cancelled') {
    return { kind: 'cancelled', problem: aggregate.build?.problem ?? null };
  }
  if (state === 'failed') {
    const waited = clock() - (dashboard.problemAt ?? clock()) > RETRY_MS;
    if (connected || !waited || dashboard.liveVersion === null) {
      return { kind: 'failed', problem: whatStopped(aggregate) };
    }
  }
  if (connected && runner?.ready && dashboard.desired === 'on') {
    return { kind: 'open' };
  }
  const build = activeBuild(aggregate);
  if (!build && !connected && !servers.starting(dashboard.id)) {
    await life.wake(dashboard);
  }
  // A new version that is being made beside it is no matter of those who wait for the live one, unless that is stopped.
  const building = build !== null && (dashboard.liveVersion === null || builtWhileStopped(aggregate));
  return { kind: 'starting', building };
}
