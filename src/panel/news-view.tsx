import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { Dashboard, DashboardState } from '../../server/contract';
import type { DashboardList } from '../dashboards/list';
import { stateLabel } from '../views/state-view';

/** Changes within this time are told together. */
const COLLECT_MS = 1_000;

/** What has changed, for screen readers: one sentence for what happened in the last second, and nothing at the start. */
export function NewsView({ list, trans }: { list: DashboardList; trans: TranslationBundle }): React.JSX.Element {
  const [news, setNews] = React.useState('');
  React.useEffect(() => {
    let told = statesOf(list.items);
    let timer: ReturnType<typeof setTimeout> | undefined;
    const tell = () => {
      timer = undefined;
      const changed = list.items.filter(one => told.has(one.id) && told.get(one.id) !== one.state);
      told = statesOf(list.items);
      if (changed.length > 0) {
        setNews(sentence(changed, trans));
      }
    };
    const collect = () => {
      list.items.filter(({ id }) => !told.has(id)).forEach(one => told.set(one.id, one.state));
      timer ??= setTimeout(tell, COLLECT_MS);
    };
    list.changed.connect(collect);
    return () => {
      clearTimeout(timer);
      list.changed.disconnect(collect);
    };
  }, [list]);
  return (
    <div className="jp-DashboardsHidden" aria-live="polite" data-news="">
      {news}
    </div>
  );
}

function statesOf(items: readonly Dashboard[]): Map<string, DashboardState> {
  return new Map(items.map(one => [one.id, one.state]));
}

function sentence(changed: readonly Dashboard[], trans: TranslationBundle): string {
  const few = changed.slice(0, 3).map(one => `${one.name}: ${stateLabel(one, trans)}.`);
  const others = changed.length - few.length;
  return [...few, ...(others > 0 ? [trans._n('%1 other has changed.', '%1 others have changed.', others)] : [])].join(
    ' '
  );
}
