import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { Dashboard } from '../../server/contract';

/** What a dashboard is doing now, in words. */
export function stateLabel({ state }: Dashboard, trans: TranslationBundle): string {
  switch (state) {
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
    <span className="jp-DashboardsState" data-state={dashboard.state}>
      <span className="jp-DashboardsState-dot" aria-hidden="true" />
      {stateLabel(dashboard, trans)}
    </span>
  );
}
