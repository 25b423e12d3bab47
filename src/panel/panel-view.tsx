import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { Dashboard } from '../../server/contract';
import type { Access } from '../dashboards/access';
import { explain } from '../hub/explanation';
import type { IDashboards } from '../tokens';
import { ProblemView } from '../views/problem-view';
import { useSignal } from '../views/use-signal';
import { CardView } from './card-view';

interface PanelProps {
  dashboards: IDashboards;
  trans: TranslationBundle;
}

/** What is mine and what is shared with me; or why there is nothing to show. */
export function PanelView({ dashboards, trans }: PanelProps): React.JSX.Element {
  useSignal(dashboards.changed);
  const off = useObstacle(dashboards);
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
  const { all, status, problem } = dashboards;
  if (status === 'failed' && problem !== null) {
    return (
      <div className="jp-DashboardsPanel-empty">
        <ProblemView problem={problem} trans={trans} />
        <button type="button" className="jp-mod-styled" onClick={() => void dashboards.retry()}>
          {trans.__('Try again')}
        </button>
      </div>
    );
  }
  return (
    <div className="jp-DashboardsPanel-content" aria-busy={status === 'connecting'}>
      {status === 'lost' && (
        <p className="jp-DashboardsPanel-lost" role="status">
          {problem?.message ?? trans.__('The connection was lost.')} {trans.__('Trying again…')}
        </p>
      )}
      <ListView
        title={trans.__('Mine')}
        empty={
          status === 'connecting'
            ? trans.__('Reading your dashboards…')
            : trans.__(
                'Nothing yet. Right-click a notebook or script in the file browser and choose “Publish as Dashboard…”.'
              )
        }
        list={all.filter(dashboard => dashboard.mine)}
        {...{ dashboards, trans }}
      />
      <ListView
        title={trans.__('Shared with me')}
        empty={
          status === 'connecting'
            ? trans.__('Reading…')
            : trans.__('Nothing yet. What others publish for you or for everyone appears here.')
        }
        list={all.filter(dashboard => !dashboard.mine)}
        {...{ dashboards, trans }}
      />
    </div>
  );
}

interface ListProps extends PanelProps {
  title: string;
  empty: string;
  list: readonly Dashboard[];
}

function ListView({ title, empty, list, dashboards, trans }: ListProps): React.JSX.Element {
  return (
    <section className="jp-DashboardsPanel-section" aria-label={title}>
      <h2>{title}</h2>
      {list.length === 0 ? (
        <p className="jp-DashboardsField-hint">{empty}</p>
      ) : (
        <ul>
          {list.map(dashboard => (
            <CardView key={dashboard.id} dashboard={dashboard} dashboards={dashboards} trans={trans} />
          ))}
        </ul>
      )}
    </section>
  );
}

/** Why there can be no dashboards here; asked again whenever the collection starts anew. */
function useObstacle(dashboards: IDashboards): Extract<Access, { kind: 'off' }> | null {
  const [off, setOff] = React.useState<Extract<Access, { kind: 'off' }> | null>(null);
  React.useEffect(() => {
    let current = true;
    dashboards.access().then(
      access => current && setOff(access.kind === 'off' ? access : null),
      // The collection's own status tells about errors.
      () => undefined
    );
    return () => {
      current = false;
    };
  }, [dashboards.status]);
  return off;
}
