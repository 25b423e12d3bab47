import * as React from 'react';

import { mayPublish } from '../actions/possible';
import { COMMANDS } from '../commands';
import { useSignal } from '../views/use-signal';
import type { PanelProps } from './panel-view';

/** What to do about a list with nothing in it. */
export function EmptyView({
  model,
  dashboards,
  commands,
  onClearSearch,
  trans
}: PanelProps & { onClearSearch: () => void }): React.JSX.Element {
  // Which document is open decides whether it can be published.
  useSignal(commands.commandChanged);
  const { list, tab } = model;
  if (!list.isRead) {
    return <p className="jp-DashboardsPanel-hint">{trans.__('Reading your dashboards…')}</p>;
  }
  if (list.search !== '') {
    return (
      <div className="jp-DashboardsPanel-hint">
        <p>{trans.__('Nothing here has “%1” in its name, description, link or owner.', list.search)}</p>
        <button type="button" className="jp-mod-styled" onClick={onClearSearch}>
          {trans.__('Clear the search')}
        </button>
      </div>
    );
  }
  if (tab === 'shared') {
    return (
      <p className="jp-DashboardsPanel-hint">
        {trans.__('Nothing yet. What others share with you, with a group of yours or with everyone appears here.')}
      </p>
    );
  }
  if (tab === 'all' || !mayPublish(dashboards.me)) {
    return <p className="jp-DashboardsPanel-hint">{trans.__('Nothing yet.')}</p>;
  }
  return (
    <div className="jp-DashboardsPanel-hint">
      <p>
        {trans.__(
          'Nothing yet. Right-click a notebook, script or folder in the file browser and choose “Publish as Dashboard…”.'
        )}
      </p>
      {commands.isEnabled(COMMANDS.publishFile) && (
        <button
          type="button"
          className="jp-mod-styled jp-mod-accept"
          onClick={() => void commands.execute(COMMANDS.publishFile)}
        >
          {trans.__('Publish the open document')}
        </button>
      )}
    </div>
  );
}
