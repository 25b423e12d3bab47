import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { Dashboard } from '../../server/contract';
import type { DashboardList } from '../dashboards/list';
import { isFound } from '../dashboards/search';
import type { IDashboards } from '../tokens';
import { showContent } from '../views/modal';
import { ProblemView } from '../views/problem-view';
import { StateView } from '../views/state-view';
import { useSearch } from '../views/use-search';
import { useSignal } from '../views/use-signal';

interface ChooserOptions {
  dashboards: IDashboards;
  title: string;
  /** Whether a dashboard can be chosen. */
  isPossible: (dashboard: Dashboard) => boolean;
  trans: TranslationBundle;
}

/** Let the person choose a dashboard by typing a part of its name. Null: none. */
export async function chooseDashboard(options: ChooserOptions): Promise<Dashboard | null> {
  const { dashboards, title } = options;
  const me = dashboards.me ?? (await dashboards.whoami());
  const lists = [dashboards.createList('mine'), dashboards.createList(me.admin ? 'all' : 'shared')];
  lists.forEach(list => void list.refresh());
  let chosen: Dashboard | null = null;
  try {
    await showContent({
      title,
      className: 'jp-DashboardsChooser',
      render: ({ close }) => (
        <ChooserView
          {...options}
          lists={lists}
          onChoose={dashboard => {
            chosen = dashboard;
            close();
          }}
        />
      )
    });
  } finally {
    lists.forEach(list => list.dispose());
  }
  return chosen;
}

interface ChooserProps extends ChooserOptions {
  lists: readonly DashboardList[];
  onChoose: (dashboard: Dashboard) => void;
}

const LIST_ID = 'dashboards-chooser-list';
const optionId = (dashboard: Dashboard) => `dashboards-chooser-${dashboard.id}`;

function ChooserView({ lists, isPossible, onChoose, trans }: ChooserProps): React.JSX.Element {
  const { typed, setTyped } = useSearch(text => lists.forEach(list => void list.setSearch(text)));
  const [active, setActive] = React.useState<string | null>(null);
  lists.forEach(list => useSignal(list.changed));
  const byId = new Map(lists.flatMap(list => list.items).map(dashboard => [dashboard.id, dashboard]));
  // Lists are searched when typing pauses; Enter may come before.
  const found = [...byId.values()].filter(dashboard => isPossible(dashboard) && isFound(dashboard, typed));
  const current = found.find(({ id }) => id === active) ?? found[0];
  const isSearching = lists.some(list => list.search !== typed.trim() || list.isReading);
  const problem = lists.find(list => list.problem !== null)?.problem ?? null;
  const enteredTooSoon = React.useRef(false);
  React.useEffect(() => {
    if (enteredTooSoon.current && !isSearching) {
      enteredTooSoon.current = false;
      // Of several, the person has not seen which one is first.
      if (current !== undefined && found.length === 1) {
        // The dialog goes, and its content with it: not while React is drawing it.
        queueMicrotask(() => onChoose(current));
      }
    }
  });
  const onKeyDown = (event: React.KeyboardEvent) => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (step !== 0 && current !== undefined) {
      event.preventDefault();
      setActive(found.at((found.indexOf(current) + step) % found.length)?.id ?? null);
    } else if (event.key === 'Enter') {
      event.preventDefault();
      if (current !== undefined) {
        onChoose(current);
      } else {
        enteredTooSoon.current = isSearching;
      }
    }
  };
  return (
    <div className="jp-DashboardsChooser-body">
      <input
        className="jp-mod-styled"
        role="combobox"
        autoFocus
        aria-expanded={true}
        aria-controls={LIST_ID}
        aria-activedescendant={current === undefined ? undefined : optionId(current)}
        aria-label={trans.__('Search dashboards')}
        placeholder={trans.__('Part of a name or an owner')}
        value={typed}
        onChange={event => {
          setTyped(event.target.value);
          setActive(null);
          enteredTooSoon.current = false;
        }}
        onKeyDown={onKeyDown}
      />
      {problem !== null && <ProblemView problem={problem} trans={trans} />}
      <ul id={LIST_ID} role="listbox" aria-label={trans.__('Dashboards')}>
        {found.map(dashboard => (
          <li
            key={dashboard.id}
            id={optionId(dashboard)}
            role="option"
            aria-selected={dashboard === current}
            onClick={() => onChoose(dashboard)}
          >
            <span className="jp-DashboardsChooser-name">{dashboard.name}</span>
            {!dashboard.mine && <span className="jp-DashboardsField-hint">{dashboard.owner}</span>}
            <StateView dashboard={dashboard} trans={trans} />
          </li>
        ))}
      </ul>
      <p role="status" className="jp-DashboardsField-hint">
        {found.length > 0 || problem !== null
          ? ''
          : isSearching
            ? trans.__('Reading your dashboards…')
            : trans.__('No dashboard for which this can be done now.')}
      </p>
    </div>
  );
}
