import type { TranslationBundle } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';
import * as React from 'react';

import type { ActionRunner } from '../actions/runner';
import type { Access } from '../dashboards/access';
import { explain } from '../hub/explanation';
import type { IDashboards } from '../tokens';
import { ProblemView } from '../views/problem-view';
import { useSearch } from '../views/use-search';
import { useSignal } from '../views/use-signal';
import { ListView } from './list-view';
import { NewsView } from './news-view';
import type { PanelModel } from './panel-model';
import { PublishingView } from './publishing-view';
import { TabsView, tabId, TABPANEL_ID } from './tabs-view';
import { useKeptFocus } from './use-kept-focus';

export interface PanelProps {
  model: PanelModel;
  dashboards: IDashboards;
  commands: CommandRegistry;
  runner: ActionRunner;
  trans: TranslationBundle;
}

/** What is mine, what is shared with me, and for administrators all there is; or why there is nothing to show. */
export function PanelView(props: PanelProps): React.JSX.Element {
  const { model, dashboards, trans } = props;
  useSignal(model.changed);
  const off = useObstacle(dashboards);
  const { typed, setTyped } = useSearch(text => model.setSearch(text));
  if (off !== null) {
    const { title, lines } = explain(off, trans);
    return (
      <div className="jp-DashboardsPanel-empty">
        <h2>{title}</h2>
        {lines.map(line => (
          <p key={line}>{line}</p>
        ))}
      </div>
    );
  }
  const { status, problem } = dashboards;
  if (status === 'failed' && problem !== null) {
    return (
      <div className="jp-DashboardsPanel-empty">
        <ProblemView problem={problem} onRetry={() => dashboards.retry()} trans={trans} />
        {problem.code === 'not_signed_in' && (
          <button type="button" className="jp-mod-styled jp-mod-accept" onClick={() => window.location.reload()}>
            {trans.__('Reload the page')}
          </button>
        )}
      </div>
    );
  }
  return (
    <div className="jp-DashboardsPanel-content">
      <PublishingView {...props} />
      <TabsView model={model} trans={trans} />
      <input
        type="search"
        className="jp-DashboardsPanel-search"
        aria-label={trans.__('Search dashboards')}
        placeholder={trans.__('Search')}
        value={typed}
        onChange={event => setTyped(event.target.value)}
        onKeyDown={event => {
          if (event.key === 'Escape' && typed !== '') {
            event.stopPropagation();
            setTyped('');
          }
        }}
      />
      <div role="status" className="jp-DashboardsPanel-notice">
        {status === 'lost' && (
          <p className="jp-DashboardsPanel-lost">
            {problem?.message ?? trans.__('The connection was lost.')} {trans.__('Trying again…')}
          </p>
        )}
      </div>
      <TabPanel model={model}>
        <ListView {...props} onClearSearch={() => setTyped('')} />
      </TabPanel>
      <NewsView list={model.list} trans={trans} />
    </div>
  );
}

/** What the chosen tab shows. */
function TabPanel({ model, children }: { model: PanelModel; children: React.ReactNode }): React.JSX.Element {
  const root = React.useRef<HTMLDivElement>(null);
  useKeptFocus(root, () => document.getElementById(tabId(model.tab)));
  return (
    <div
      ref={root}
      role="tabpanel"
      id={TABPANEL_ID}
      aria-labelledby={tabId(model.tab)}
      aria-busy={!model.list.isRead}
      className="jp-DashboardsPanel-list"
    >
      {children}
    </div>
  );
}

/** Why there can be no dashboards here; asked again whenever the stream starts anew. */
function useObstacle(dashboards: IDashboards): Extract<Access, { kind: 'off' }> | null {
  const [off, setOff] = React.useState<Extract<Access, { kind: 'off' }> | null>(null);
  React.useEffect(() => {
    let current = true;
    dashboards.access().then(
      access => current && setOff(access.kind === 'off' ? access : null),
      // The stream's own status tells about errors.
      () => undefined
    );
    return () => {
      current = false;
    };
  }, [dashboards.status]);
  return off;
}
