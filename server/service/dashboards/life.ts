import type { DesiredState, Problem } from '../../contract';
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
  /** The owner, a visit to a sleeping dashboard, or a start by hand wants it to run. Returns at once. */
  wake(dashboard: DashboardRecord): Promise<void>;
  /** Records that it is wanted `on`, without starting anything. */
  want(dashboard: DashboardRecord): Promise<void>;
  /** Stopped by its owner: visits do not wake it. */
  turnOff(dashboard: DashboardRecord): Promise<void>;
  /** It is not needed, or cannot run now: a visit wakes it. */
  sleep(dashboard: DashboardRecord, problem: Problem | null): Promise<void>;
}

export interface LifeOptions {
  store: DashboardStore;
  servers: Servers;
  changes: Changes;
  clock: Clock;
  log: Logger;
}

export function createLife({ store, servers, changes, clock, log }: LifeOptions): Life {
  async function move(dashboard: DashboardRecord, to: DesiredState): Promise<boolean> {
    const { id, desired } = dashboard;
    const moved = mayBecome(desired, to) && (await store.moveDesired(id, desired, to, clock()));
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
    async want(dashboard) {
      await move(dashboard, 'on');
    },

    async wake(dashboard) {
      if (dashboard.desired !== 'on' || dashboard.problem) {
        await move(dashboard, 'on');
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

    async turnOff(dashboard) {
      await move(dashboard, 'off');
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
