import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { mayBeCloned, type Dashboard, type Problem, type Strategy } from '../../server/contract';
import type { BuildFollower } from '../dashboards/build-follower';
import { isBuilding } from '../dashboards/is-building';
import type { IDashboards } from '../tokens';
import { LinkView } from '../views/link-view';
import { ProblemView } from '../views/problem-view';
import { StateView } from '../views/state-view';
import { useSignal } from '../views/use-signal';
import { VersionsView } from '../views/versions-view';
import { MessageView } from './message-view';
import { OBSTACLES_ID, PlanView } from './plan-view';
import { ProgressView } from './progress-view';
import { isBlocked, type PlanState } from './use-plan';

interface DashboardProps {
  dashboards: IDashboards;
  dashboard: Dashboard;
  /** The build that was started or found under way here. */
  follower: BuildFollower | null;
  /** Why the last request was refused. */
  problem: Problem | null;
  plan: PlanState;
  /** Those of the hub. */
  strategies: readonly Strategy[];
  sending: boolean;
  /** What the person says is new in the next version. */
  message: string;
  onMessage: (change: { message: string }) => void;
  onUpdate: () => void;
  onRollBack: (version: number) => void;
  onCancel: () => void;
  /** Go to the form, to publish with other settings. */
  onChange: () => void;
  onClose: () => void;
  trans: TranslationBundle;
}

/** A dashboard that has a link: link and state first, then its build, then what can be done with it. */
export function DashboardView(props: DashboardProps): React.JSX.Element {
  const { dashboards, dashboard, sending, trans } = props;
  useSignal(props.follower?.changed ?? null);
  // The end of a build that could not be followed to it is told by the dashboard itself.
  const isOver = props.follower !== null && props.follower.lost !== null && !isBuilding(dashboard);
  const follower = isOver ? null : props.follower;
  const building = follower !== null ? !follower.ended : isBuilding(dashboard);
  const cancelled = (follower === null ? dashboard.state : follower.build.state) === 'cancelled';
  const failed = follower?.build.state === 'failed';
  const stopped = dashboard.desired === 'off' && dashboard.liveVersion !== null;
  const busy = building || sending;
  const blocked = isBlocked(props.plan);
  const update = (event: React.FormEvent) => {
    event.preventDefault();
    if (!busy && !blocked) {
      props.onUpdate();
    }
  };
  return (
    <div className="jp-DashboardsPublished" aria-busy={busy}>
      <div className="jp-DashboardsPublished-head">
        <h2>{dashboard.name}</h2>
        <StateView dashboard={dashboard} trans={trans} />
      </div>
      <LinkView link={dashboard.link} works={dashboard.liveVersion !== null} trans={trans} />
      {props.problem !== null && <ProblemView problem={props.problem} trans={trans} />}
      {follower === null && dashboard.problem !== null && (
        <ProblemView problem={dashboard.problem} isNews={!cancelled} trans={trans} />
      )}
      {follower !== null && <ProgressView follower={follower} onCancel={props.onCancel} trans={trans} />}
      {(failed || (follower !== null && cancelled)) && dashboard.liveVersion !== null && (
        <p>
          {stopped
            ? trans.__('The dashboard stays stopped.')
            : trans.__('Version %1 stays live.', dashboard.liveVersion)}
        </p>
      )}
      {follower?.build.audience !== undefined && (building || failed || cancelled) && (
        <p>
          {building
            ? trans.__('Whoever is new among those who may look gets in once this version is live.')
            : trans.__('Who may look was not widened, because this version did not become live.')}
        </p>
      )}
      {stopped && (
        <p className="jp-DashboardsField-hint">
          {trans.__('It is stopped: nobody sees it until you start it, or a new version is live.')}
        </p>
      )}
      <details className="jp-DashboardsPublished-versions">
        <summary>{trans.__('Versions')}</summary>
        <VersionsView
          dashboards={dashboards}
          dashboard={dashboard}
          onRollBack={busy ? null : props.onRollBack}
          trans={trans}
        />
      </details>
      <form className="jp-DashboardsPublished-next" onSubmit={update} noValidate>
        {!building && dashboard.source !== null && (
          <PlanView
            state={props.plan}
            live={dashboard.source.kind === 'files' && dashboard.source.live === true}
            cloned={mayBeCloned(dashboard.source, props.strategies)}
            trans={trans}
          />
        )}
        {dashboard.liveVersion !== null && (
          <MessageView message={props.message} onChange={props.onMessage} readOnly={busy} trans={trans} />
        )}
        <div className="jp-DashboardsFooter">
          <button type="button" className="jp-mod-styled jp-mod-reject" onClick={props.onClose}>
            {trans.__('Close')}
          </button>
          <button type="button" className="jp-mod-styled" disabled={busy} onClick={props.onChange}>
            {failed ? trans.__('Change and try again') : trans.__('Change…')}
          </button>
          <button
            type="submit"
            className="jp-mod-styled jp-mod-accept jp-DashboardsPublished-update"
            disabled={busy}
            aria-disabled={blocked}
            aria-describedby={blocked ? OBSTACLES_ID : undefined}
          >
            {failed ? trans.__('Try again') : cancelled ? trans.__('Publish again') : trans.__('Update')}
          </button>
        </div>
      </form>
      {building && (follower?.unsent ?? null) === null && (
        <p className="jp-DashboardsField-hint">
          {trans.__('You can close this window. Publishing goes on, and you are told when it ends.')}
        </p>
      )}
    </div>
  );
}
