import * as React from 'react';

import { ProblemView } from '../views/problem-view';
import { useSignal } from '../views/use-signal';
import { CardView } from './card-view';
import { EmptyView } from './empty-view';
import type { PanelProps } from './panel-view';

/** The chosen list, page by page. */
export function ListView(props: PanelProps & { onClearSearch: () => void }): React.JSX.Element {
  const { model, dashboards, runner, commands, trans } = props;
  const { list } = model;
  useSignal(runner.changed);
  const rows = React.useRef<HTMLUListElement>(null);
  // The button may be gone with the last page: the keyboard goes on at the first dashboard that is new.
  const goOnAt = React.useRef<number | null>(null);
  React.useLayoutEffect(() => {
    const card = goOnAt.current === null ? null : rows.current?.children.item(goOnAt.current);
    if (card) {
      goOnAt.current = null;
      card.querySelector<HTMLElement>('button, a')?.focus();
    } else if (!list.isReading) {
      // Nothing came: what appears some time later is not what was asked for.
      goOnAt.current = null;
    }
  });
  const more = () => {
    if (list.isReading) {
      return;
    }
    goOnAt.current = list.items.length;
    void list.showMore();
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
          aria-disabled={list.isReading}
          onClick={more}
        >
          {list.isReading ? trans.__('Reading…') : trans.__('Show more')}
        </button>
      )}
    </>
  );
}
