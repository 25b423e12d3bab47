import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { Dashboard, DashboardState } from '../../server/contract';

/** What is said of a dashboard: one that never began to work because its owner called that off has not failed. */
export type ShownState = DashboardState | 'cancelled';

export function shownState({ state, problem }: Dashboard): ShownState {
  return state === 'failed' && problem?.code === 'cancelled' ? 'cancelled' : state;
}

/** What a dashboard is doing now, in words. */
export function stateLabel(dashboard: Dashboard, trans: TranslationBundle): string {
  switch (shownState(dashboard)) {
    case 'building':
      return trans.__('Being built');
    case 'starting':
      return trans.__('Starting');
    case 'running':
      return trans.__('Running');
    case 'asleep':
      return trans.__('Asleep – a visit wakes it');
    case 'off':
      return trans.__('Stopped');
    case 'failed':
      return trans.__('Failed');
    case 'cancelled':
      return trans.__('Cancelled');
  }
}

interface StateProps {
  dashboard: Dashboard;
  trans: TranslationBundle;
}

/** A dot in the state's colour, and its name beside it. */
export function StateView({ dashboard, trans }: StateProps): React.JSX.Element {
  return (
    <span className="jp-DashboardsState" data-state={shownState(dashboard)}>
      <span className="jp-DashboardsState-dot" aria-hidden="true" />
      {stateLabel(dashboard, trans)}
    </span>
  );
}
