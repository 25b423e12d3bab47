import type { BuildQueue } from '../builds/queue';
import { ServiceError } from '../errors';
import { activeBuild, type DashboardAggregate } from './dashboard';
import type { Life } from './life';
import type { DashboardStore } from './store';

export interface StartStop {
  life: Life;
  queue: BuildQueue;
  dashboards: DashboardStore;
}

/** Whether there is, or will be, anything to show. */
export function mayStart(aggregate: DashboardAggregate): boolean {
  return aggregate.dashboard.liveVersion !== null || activeBuild(aggregate) !== null;
}

/**
 * Its owner wants it to run.
 * @throws ServiceError `version_not_ready` when there is nothing to start
 */
export async function startDashboard(
  { life, queue }: StartStop,
  aggregate: DashboardAggregate,
  actor: string
): Promise<void> {
  if (!mayStart(aggregate)) {
    throw new ServiceError(
      'version_not_ready',
      409,
      'There is nothing to start: no version has worked yet.',
      'Update the dashboard: that publishes it again.'
    );
  }
  await life.wake(aggregate.dashboard, actor);
  // A runner that builds a new version of it is there already, and shows the live one from now on.
  await queue.push(aggregate.dashboard.id);
}

/** Its owner wants it to be off, and whatever is being built of it not to be. */
export async function stopDashboard(
  { life, queue, dashboards }: StartStop,
  aggregate: DashboardAggregate,
  actor: string
): Promise<void> {
  const build = activeBuild(aggregate);
  if (build) {
    await queue.cancel(build, actor).catch((error: unknown) => {
      // It has just ended by itself.
      if (!(error instanceof ServiceError && error.code === 'state_conflict')) {
        throw error;
      }
    });
  }
  const now = await dashboards.get(aggregate.dashboard.id);
  if (now) {
    await life.turnOff(now.dashboard, actor);
  }
}
