import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { DashboardState } from '../../server/contract';

/** What a dashboard is doing now, in words. */
export function stateLabel(state: DashboardState, trans: TranslationBundle): string {
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
  }
}

/** A dot in the state's colour, and its name beside it. */
export function StateView({ state, trans }: { state: DashboardState; trans: TranslationBundle }): React.JSX.Element {
  return (
    <span className="jp-DashboardsState" data-state={state}>
      <span className="jp-DashboardsState-dot" aria-hidden="true" />
      {stateLabel(state, trans)}
    </span>
  );
}
