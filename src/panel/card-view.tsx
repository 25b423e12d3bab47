import { copyIcon, ellipsesIcon, historyIcon } from '@jupyterlab/ui-components';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';
import * as React from 'react';

import type { Dashboard, Whoami } from '../../server/contract';
import { openActionsMenu } from '../actions/menu';
import { isPossible, mayPublish } from '../actions/possible';
import type { Failure } from '../actions/runner';
import { audienceLabel } from '../audience/audience-view';
import { COMMANDS } from '../commands';
import { isBuilding } from '../dashboards/is-building';
import type { IDashboards } from '../tokens';
import { frameworkLabel } from '../views/framework-label';
import { IconButton } from '../views/icon-button';
import { ProblemView } from '../views/problem-view';
import { StateView } from '../views/state-view';
import { TimeView } from '../views/time-view';
import { VersionsView } from '../views/versions-view';
import { BuildView } from './build-view';

interface CardProps {
  dashboards: IDashboards;
  dashboard: Dashboard;
  me: Whoami | null;
  commands: CommandRegistry;
  busy: boolean;
  failure: Failure | null;
  onDismiss: () => void;
  trans: TranslationBundle;
}

/** One dashboard in the panel. */
export const CardView = React.memo(Card, (before, after) =>
  (['dashboard', 'me', 'busy', 'failure'] as const).every(name => before[name] === after[name])
);

function Card(props: CardProps): React.JSX.Element {
  const { dashboards, dashboard, me, commands, busy, failure, trans } = props;
  const { id, name, mine, problem } = dashboard;
  const [versions, setVersions] = React.useState(false);
  const versionsId = `dashboards-versions-${id}`;
  const showMenu = (event: React.MouseEvent) => {
    if (event.target instanceof HTMLElement && !event.shiftKey) {
      event.preventDefault();
      event.stopPropagation();
      const opener = event.target.closest<HTMLElement>('button, a') ?? event.currentTarget.querySelector('button');
      if (opener !== null) {
        openActionsMenu({ commands, dashboard, me, at: { x: event.clientX, y: event.clientY }, opener });
      }
    }
  };
  return (
    <li className="jp-DashboardsCard" aria-label={name} aria-busy={busy} data-id={id} onContextMenu={showMenu}>
      <div className="jp-DashboardsCard-head">
        <h3>{name}</h3>
        <StateView dashboard={dashboard} trans={trans} />
      </div>
      {dashboard.description !== '' && <p className="jp-DashboardsCard-description">{dashboard.description}</p>}
      <FactsView dashboard={dashboard} trans={trans} />
      {mine && <BuildView dashboard={dashboard} commands={commands} trans={trans} />}
      {failure !== null && (
        <ProblemView problem={failure.problem} onRetry={failure.retry} onDismiss={props.onDismiss} trans={trans} />
      )}
      {failure === null && mine && problem !== null && <ProblemView problem={problem} isNews={false} trans={trans} />}
      <div className="jp-DashboardsCard-actions">
        {isPossible(COMMANDS.openDashboard, dashboard, me) && (
          <a
            className={dashboard.liveVersion === null ? 'jp-DashboardsButton jp-mod-quiet' : 'jp-DashboardsButton'}
            href={dashboard.link}
            target="_blank"
            rel="noopener noreferrer"
          >
            {trans.__('Open')}
          </a>
        )}
        {mine && <UpdateButton {...props} />}
        <span className="jp-DashboardsCard-icons">
          {isPossible(COMMANDS.showVersions, dashboard, me) && (
            <IconButton
              label={trans.__('Versions')}
              icon={historyIcon}
              aria-expanded={versions}
              aria-controls={versionsId}
              onClick={() => setVersions(!versions)}
            />
          )}
          <IconButton
            label={trans.__('Copy link')}
            icon={copyIcon}
            onClick={() => void commands.execute(COMMANDS.copyLink, { id })}
          />
          <MoreButton {...props} />
        </span>
      </div>
      <div id={versionsId}>
        {versions && (
          <VersionsView
            dashboards={dashboards}
            dashboard={dashboard}
            onRollBack={
              busy || isBuilding(dashboard)
                ? null
                : version => void commands.execute(COMMANDS.rollBack, { id, version })
            }
            trans={trans}
          />
        )}
      </div>
    </li>
  );
}

/** What it is and who may look; then who does, and since when it is as it is. */
function FactsView({ dashboard, trans }: Pick<CardProps, 'dashboard' | 'trans'>): React.JSX.Element {
  const { mine, owner, framework, audience, viewers } = dashboard;
  const facts = [
    mine ? null : trans.__('by %1', owner),
    framework === null ? null : frameworkLabel(framework, trans),
    mine ? audienceLabel(audience.kind, trans) : null
  ];
  return (
    <p className="jp-DashboardsCard-facts">
      <span>{facts.filter(fact => fact !== null).join(' · ')}</span>
      <span>
        {trans._n('%1 viewer now', '%1 viewers now', viewers)} · {trans.__('updated')}{' '}
        <TimeView time={dashboard.updatedAt} />
      </span>
    </p>
  );
}

function UpdateButton({ dashboard, me, commands, busy, trans }: CardProps): React.JSX.Element | null {
  const off = busy || !isPossible(COMMANDS.updateDashboard, dashboard, me);
  return mayPublish(me) ? (
    <button
      type="button"
      className="jp-mod-styled"
      // Not `disabled`: that would take the focus from it.
      aria-disabled={off}
      title={trans.__('Publish the files again as they are now')}
      onClick={() => off || void commands.execute(COMMANDS.updateDashboard, { id: dashboard.id })}
    >
      {dashboard.state === 'cancelled' ? trans.__('Publish again') : trans.__('Update')}
    </button>
  ) : null;
}

/** Opens the menu with everything else. */
function MoreButton({ dashboard, me, commands, trans }: CardProps): React.JSX.Element {
  const [open, setOpen] = React.useState(false);
  return (
    <IconButton
      label={trans.__('More actions')}
      icon={ellipsesIcon}
      aria-haspopup="menu"
      aria-expanded={open}
      onClick={({ currentTarget: opener }) => {
        const { left, bottom } = opener.getBoundingClientRect();
        setOpen(true);
        openActionsMenu({ commands, dashboard, me, at: { x: left, y: bottom }, opener, onClose: () => setOpen(false) });
      }}
    />
  );
}
