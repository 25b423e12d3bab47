import * as React from 'react';

import type { PanelProps } from './panel-view';

/** Why this person cannot publish on this hub. */
export function PublishingView({ dashboards }: PanelProps): React.JSX.Element | null {
  const off = dashboards.me?.publishingOff ?? null;
  if (off === null) {
    return null;
  }
  return (
    <div className="jp-DashboardsPanel-off">
      <p>{off.message}</p>
      {off.fix !== undefined && <p>{off.fix}</p>}
    </div>
  );
}
