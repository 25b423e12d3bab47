import type { Heartbeat, HeartbeatReply } from '../../contract';
import type { Tickets } from '../access/tickets';
import type { Clock } from '../clock';
import type { Logger } from '../logger';
import { createOutage } from '../outage';
import type { Changes } from './changes';
import type { DashboardAggregate } from './dashboard';
import type { DashboardStore } from './store';

export interface HeartbeatOptions {
  dashboards: DashboardStore;
  tickets: Tickets;
  changes: Changes;
  clock: Clock;
  log: Logger;
}

/**
 * Records what a runner says of itself, and answers which of its sessions have ended. It is answered also where nothing
 * can be written: without an answer, the runner would cut off everybody within a minute.
 */
export type Heartbeats = (aggregate: DashboardAggregate, heartbeat: Heartbeat) => Promise<HeartbeatReply>;

export function createHeartbeats({ dashboards, tickets, changes, clock, log }: HeartbeatOptions): Heartbeats {
  const outage = createOutage(log, 'heartbeats of runners not recorded');

  return async ({ dashboard, runner: before }, { startId, app, sessions, connections, versions }) => {
    const { ended, viewers } = await tickets.ended(dashboard, sessions);
    try {
      await dashboards.recordHeartbeat(startId, { app, connections, viewers, at: clock() });
      const changed = versions !== undefined && (await dashboards.recordStored(startId, versions, clock()));
      outage.worked();
      if (changed) {
        changes.report({ kind: 'dashboard', id: dashboard.id });
      }
    } catch (error) {
      outage.failed(error);
      return { ended };
    }
    if (!before || before.viewers !== viewers || JSON.stringify(before.app) !== JSON.stringify(app)) {
      changes.report({ kind: 'dashboard', id: dashboard.id });
    }
    return { ended };
  };
}
