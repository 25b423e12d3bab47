import type { Heartbeat, HeartbeatReply } from '../../contract';
import type { Tickets } from '../access/tickets';
import type { Clock } from '../clock';
import type { Changes } from './changes';
import type { DashboardAggregate } from './dashboard';
import type { DashboardStore } from './store';

export interface HeartbeatOptions {
  dashboards: DashboardStore;
  tickets: Tickets;
  changes: Changes;
  clock: Clock;
}

/** Records what a runner says of itself, and answers which of its sessions have ended. */
export async function recordHeartbeat(
  { dashboards, tickets, changes, clock }: HeartbeatOptions,
  { dashboard, runner: before }: DashboardAggregate,
  { startId, app, sessions, connections }: Heartbeat
): Promise<HeartbeatReply> {
  const { ended, viewers } = await tickets.ended(dashboard, sessions);
  await dashboards.recordHeartbeat(startId, { app, connections, viewers, at: clock() });
  if (!before || before.viewers !== viewers || JSON.stringify(before.app) !== JSON.stringify(app)) {
    changes.report({ kind: 'dashboard', id: dashboard.id });
  }
  return { ended };
}
