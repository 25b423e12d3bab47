import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { Dashboard } from '../../server/contract';
import { isBuilding } from '../dashboards/is-building';
import type { IDashboards } from '../tokens';
import { showContent } from '../views/modal';
import { useSignal } from '../views/use-signal';
import { VersionsView } from '../views/versions-view';

interface VersionsDialogOptions {
  dashboards: IDashboards;
  dashboard: Dashboard;
  onRollBack: (version: number) => void;
  trans: TranslationBundle;
}

/** Show the versions of a dashboard, to open one or to go back to it. */
export async function showVersions(options: VersionsDialogOptions): Promise<void> {
  const { dashboard, trans, onRollBack } = options;
  await showContent({
    title: trans.__('Versions of %1', dashboard.name),
    className: 'jp-DashboardsVersionsDialog',
    render: ({ close, focusFirst }) => (
      <VersionsDialogView
        {...options}
        onRollBack={version => {
          close();
          onRollBack(version);
        }}
        onClose={close}
        onScreen={focusFirst}
      />
    )
  });
}

interface VersionsDialogProps extends VersionsDialogOptions {
  onClose: () => void;
  onScreen: () => void;
}

function VersionsDialogView(props: VersionsDialogProps): React.JSX.Element {
  const { dashboards, onRollBack, onClose, onScreen, trans } = props;
  useSignal(dashboards.changed);
  React.useEffect(onScreen, []);
  const dashboard = dashboards.get(props.dashboard.id) ?? props.dashboard;
  return (
    <>
      <VersionsView
        dashboards={dashboards}
        dashboard={dashboard}
        onRollBack={isBuilding(dashboard) ? null : onRollBack}
        trans={trans}
      />
      <div className="jp-DashboardsFooter">
        <button type="button" className="jp-mod-styled jp-mod-accept" onClick={onClose}>
          {trans.__('Close')}
        </button>
      </div>
    </>
  );
}
