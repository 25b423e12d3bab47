import type { DesiredState, Problem } from '../../contract';
import type { AuditEntry, AuditLog } from '../audit/audit';
import type { Clock } from '../clock';
import { problemOf, ServiceError } from '../errors';
import type { Logger } from '../logger';
import type { Changes } from './changes';
import type { DashboardRecord } from './dashboard';
import { mayBecome } from './desired';
import { StartCalledOff, type Servers } from './servers';
import type { DashboardStore } from './store';

/** On, asleep and off: what is wanted of a dashboard, and its server brought into line with it. */
export interface Life {
  /** A visit to a sleeping dashboard, or `actor` by a start, wants it to run. Returns at once. */
  wake(dashboard: DashboardRecord, actor?: string): Promise<void>;
  /** Records that it is wanted `on`, without starting anything; for the audit under its owner, where `detail` says how. */
  want(dashboard: DashboardRecord, detail?: string): Promise<void>;
  /** Stopped by its owner or an administrator: visits do not wake it. */
  turnOff(dashboard: DashboardRecord, actor: string): Promise<void>;
  /** It is not needed, or cannot run now: a visit wakes it. */
  sleep(dashboard: DashboardRecord, problem: Problem | null): Promise<void>;
}

export interface LifeOptions {
  store: DashboardStore;
  audit: AuditLog;
  servers: Servers;
  changes: Changes;
  clock: Clock;
  log: Logger;
}

export function createLife({ store, audit, servers, changes, clock, log }: LifeOptions): Life {
  const entry = (actor: string, action: 'start' | 'stop', detail = ''): AuditEntry => ({
    actor,
    action,
    detail,
    at: clock()
  });

  async function move(dashboard: DashboardRecord, to: DesiredState, by?: AuditEntry): Promise<boolean> {
    const { id, desired } = dashboard;
    const moved = mayBecome(desired, to) && (await store.moveDesired(id, desired, to, clock(), by));
    if (by && !moved) {
      await audit.record(id, by);
    }
    if (moved) {
      changes.report({ kind: 'dashboard', id });
    }
    return moved;
  }

  /** In the background: the Hub answers when the server has stopped, which may itself be waiting for our reply. */
  function stopServer(dashboard: DashboardRecord): void {
    servers.stop(dashboard, false).catch((error: unknown) => {
      // The reconciler stops it later: it is not wanted any more.
      log.warn({ err: error, dashboard: dashboard.id }, 'server not stopped');
    });
  }

  const life: Life = {
    async want(dashboard, detail) {
      if (dashboard.desired !== 'on') {
        await move(dashboard, 'on', detail === undefined ? undefined : entry(dashboard.owner, 'start', detail));
      }
    },

    async wake(dashboard, actor) {
      const by = actor === undefined ? undefined : entry(actor, 'start');
      if (dashboard.desired !== 'on' || dashboard.problem || by) {
        await move(dashboard, 'on', by);
        await store.setProblem(dashboard.id, null, clock());
        changes.report({ kind: 'dashboard', id: dashboard.id });
      }
      if (servers.starting(dashboard.id)) {
        return;
      }
      servers
        .ensure(dashboard)
        .catch(async (error: unknown) => {
          if (error instanceof StartCalledOff) {
            return;
          }
          if (!(error instanceof ServiceError)) {
            log.error({ err: error, dashboard: dashboard.id }, 'start failed');
          }
          await life.sleep({ ...dashboard, desired: 'on' }, problemOf(error));
        })
        .catch((error: unknown) => log.error({ err: error, dashboard: dashboard.id }, 'failed start not recorded'));
    },

    async turnOff(dashboard, actor) {
      await move(dashboard, 'off', entry(actor, 'stop'));
      await store.setProblem(dashboard.id, null, clock());
      stopServer(dashboard);
    },

    async sleep(dashboard, problem) {
      await move(dashboard, 'asleep');
      if (problem) {
        await store.setProblem(dashboard.id, problem, clock());
        changes.report({ kind: 'dashboard', id: dashboard.id });
      }
      stopServer(dashboard);
    }
  };
  return life;
}
