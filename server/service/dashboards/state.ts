import type { DashboardState, Problem } from '../../contract';
import { activeBuild, type DashboardAggregate } from './dashboard';

/**
 * What a person sees. `connected`: the runner holds its event stream to this service.
 *
 * A dashboard that serves its live version is `running`, also while an update is being built beside it.
 */
export function shownState(aggregate: DashboardAggregate, connected: boolean): DashboardState {
  const { dashboard, runner, build } = aggregate;
  const wanted = dashboard.desired === 'on';
  const app = wanted && connected && runner ? runner.app : null;
  if (app?.state === 'serving' && runner?.ready && dashboard.liveVersion !== null) {
    return 'running';
  }
  if (activeBuild(aggregate)) {
    return 'building';
  }
  const failed = dashboard.problem !== null || app?.state === 'failed';
  if (dashboard.liveVersion === null) {
    // There is nothing to stop, so that what became of it says more. Who calls a publish off has not failed.
    return !failed && build?.state === 'cancelled' ? 'cancelled' : 'failed';
  }
  if (dashboard.desired === 'off') {
    return 'off';
  }
  if (failed) {
    return 'failed';
  }
  return wanted ? 'starting' : 'asleep';
}

/** Why it is `failed`. */
export function whatStopped({ dashboard, runner, build }: DashboardAggregate): Problem | null {
  return dashboard.problem ?? runner?.app?.problem ?? build?.problem ?? null;
}

/** People who look at it now. While it does not run nobody does, whatever its runner has last said. */
export function shownViewers({ runner }: DashboardAggregate, state: DashboardState): number {
  return state === 'running' ? (runner?.viewers ?? 0) : 0;
}
