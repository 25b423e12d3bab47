import * as React from 'react';

import { ProblemView } from '../views/problem-view';
import { CardView } from './card-view';
import { EmptyView } from './empty-view';
import type { PanelProps } from './panel-view';

/** The chosen list, page by page. */
export function ListView(props: PanelProps & { onClearSearch: () => void }): React.JSX.Element {
  const { model, dashboards, runner, commands, trans } = props;
  const { list } = model;
  const rows = React.useRef<HTMLUListElement>(null);
  const more = async () => {
    const shown = list.items.length;
    await list.showMore();
    // The button may be gone: the keyboard goes on at the first dashboard that is new.
    rows.current?.children.item(shown)?.querySelector<HTMLElement>('button, a')?.focus();
  };
  return (
    <>
      {list.problem !== null && (
        <ProblemView problem={list.problem} onRetry={() => void list.refresh()} trans={trans} />
      )}
      {list.items.length === 0 ? (
        list.problem === null && <EmptyView {...props} />
      ) : (
        <ul ref={rows}>
          {list.items.map(dashboard => (
            <CardView
              key={dashboard.id}
              dashboards={dashboards}
              dashboard={dashboard}
              me={dashboards.me}
              commands={commands}
              busy={runner.isBusy(dashboard.id)}
              failure={runner.failure(dashboard.id)}
              onDismiss={() => runner.dismiss(dashboard.id)}
              trans={trans}
            />
          ))}
        </ul>
      )}
      {list.hasMore && (
        <button
          type="button"
          className="jp-mod-styled jp-DashboardsPanel-more"
          disabled={list.isReading}
          onClick={() => void more()}
        >
          {list.isReading ? trans.__('Reading…') : trans.__('Show more')}
        </button>
      )}
    </>
  );
}
