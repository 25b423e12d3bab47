import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { ListFilter } from '../../server/contract';
import type { DashboardList } from '../dashboards/list';
import type { PanelModel } from './panel-model';

/** Id of the element that shows the chosen tab's list. */
export const TABPANEL_ID = 'jp-DashboardsPanel-tabpanel';

export function tabId(tab: ListFilter): string {
  return `jp-DashboardsPanel-tab-${tab}`;
}

/** The lists as tabs: arrow keys go from one to the next, and the tab key leaves them. */
export function TabsView({ model, trans }: { model: PanelModel; trans: TranslationBundle }): React.JSX.Element {
  const { tabs, tab: chosen } = model;
  const row = React.useRef<HTMLDivElement>(null);
  const go = (index: number) => {
    const tab = tabs[(index + tabs.length) % tabs.length];
    if (tab !== undefined) {
      model.tab = tab;
      row.current?.querySelector<HTMLElement>(`#${tabId(tab)}`)?.focus();
    }
  };
  const onKeyDown = (event: React.KeyboardEvent) => {
    const steps: Record<string, number> = {
      ArrowRight: tabs.indexOf(chosen) + 1,
      ArrowLeft: tabs.indexOf(chosen) - 1,
      Home: 0,
      End: tabs.length - 1
    };
    const to = steps[event.key];
    if (to !== undefined) {
      event.preventDefault();
      go(to);
    }
  };
  return (
    <div
      ref={row}
      role="tablist"
      aria-label={trans.__('Which dashboards')}
      className="jp-DashboardsTabs"
      onKeyDown={onKeyDown}
    >
      {tabs.map(tab => (
        <button
          key={tab}
          type="button"
          role="tab"
          id={tabId(tab)}
          aria-selected={tab === chosen}
          aria-controls={TABPANEL_ID}
          tabIndex={tab === chosen ? 0 : -1}
          onClick={() => (model.tab = tab)}
        >
          {tabLabel(tab, trans)} <CountView list={model.listOf(tab)} trans={trans} />
        </button>
      ))}
    </div>
  );
}

function CountView({ list, trans }: { list: DashboardList; trans: TranslationBundle }): React.JSX.Element | null {
  if (!list.isRead) {
    return null;
  }
  const count = list.items.length;
  return <span className="jp-DashboardsTabs-count">{list.hasMore ? trans.__('%1+', count) : count}</span>;
}

/** Name of a list. */
export function tabLabel(tab: ListFilter, trans: TranslationBundle): string {
  switch (tab) {
    case 'mine':
      return trans.__('Mine');
    case 'shared':
      return trans.__('Shared with me');
    case 'all':
      return trans.__('All');
  }
}
