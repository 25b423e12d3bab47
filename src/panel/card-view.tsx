import { Dialog, showDialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { FINAL_BUILD_STATES, type Dashboard, type Problem } from '../../server/contract';
import { toProblem } from '../dashboards/errors';
import { audienceLabel } from '../publish/audience-view';
import { sentence } from '../publish/stages';
import type { IDashboards } from '../tokens';
import { LinkView } from '../views/link-view';
import { ProblemView } from '../views/problem-view';
import { StateView } from '../views/state-view';
import { VersionsView } from '../views/versions-view';

interface CardProps {
  dashboards: IDashboards;
  dashboard: Dashboard;
  trans: TranslationBundle;
}

/** One dashboard in the panel. */
export function CardView({ dashboards, dashboard, trans }: CardProps): React.JSX.Element {
  const [busy, setBusy] = React.useState(false);
  const [problem, setProblem] = React.useState<Problem | null>(null);
  const act = async (work: () => Promise<unknown>) => {
    setBusy(true);
    setProblem(null);
    try {
      await work();
    } catch (error) {
      setProblem(toProblem(error, trans));
    } finally {
      setBusy(false);
    }
  };
  const { build } = dashboard;
  const building = build !== null && !FINAL_BUILD_STATES.includes(build.state);
  return (
    <li className="jp-DashboardsCard" aria-label={dashboard.name} aria-busy={busy}>
      <div className="jp-DashboardsCard-head">
        <h3>{dashboard.name}</h3>
        <StateView state={dashboard.state} trans={trans} />
      </div>
      <p className="jp-DashboardsField-hint">
        {dashboard.mine ? audienceLabel(dashboard.audience.kind, trans) : trans.__('By %1', dashboard.owner)}
        {dashboard.viewers > 0 && ` · ${trans._n('%1 viewer', '%1 viewers', dashboard.viewers)}`}
      </p>
      {building && <p aria-live="polite">{sentence(build, trans)}</p>}
      <LinkView link={dashboard.link} address={false} trans={trans} />
      {problem !== null && <ProblemView problem={problem} trans={trans} />}
      {problem === null && dashboard.mine && dashboard.problem !== null && (
        <ProblemView problem={dashboard.problem} trans={trans} />
      )}
      {dashboard.mine && <Actions {...{ dashboards, dashboard, trans, act }} busy={busy || building} />}
    </li>
  );
}

interface ActionsProps extends CardProps {
  act: (work: () => Promise<unknown>) => Promise<void>;
  busy: boolean;
}

/** What an owner can do. */
function Actions({ dashboards, dashboard, act, busy, trans }: ActionsProps): React.JSX.Element {
  const [open, setOpen] = React.useState(false);
  const { id, build } = dashboard;
  const stopped = dashboard.desired !== 'on';
  const remove = async () => {
    if (await confirmRemoval(dashboard, trans)) {
      await act(() => dashboards.remove(id));
    }
  };
  return (
    <>
      <div className="jp-DashboardsCard-actions">
        <button
          type="button"
          className="jp-mod-styled"
          disabled={busy}
          onClick={() => void act(() => dashboards.update(id, {}))}
        >
          {trans.__('Update')}
        </button>
        <button
          type="button"
          className="jp-mod-styled"
          disabled={busy}
          onClick={() => void act(() => (stopped ? dashboards.start(id) : dashboards.stop(id)))}
        >
          {stopped ? trans.__('Start') : trans.__('Stop')}
        </button>
        <button type="button" className="jp-mod-styled" aria-expanded={open} onClick={() => setOpen(!open)}>
          {trans.__('Versions')}
        </button>
        <button type="button" className="jp-mod-styled" onClick={() => void remove()}>
          {trans.__('Delete')}
        </button>
      </div>
      {open && (
        <VersionsView
          load={() => dashboards.versions(id)}
          revision={`${dashboard.liveVersion} ${build?.id} ${build?.state}`}
          onRollBack={busy ? null : version => void act(() => dashboards.activate(id, version))}
          trans={trans}
        />
      )}
    </>
  );
}

async function confirmRemoval(dashboard: Dashboard, trans: TranslationBundle): Promise<boolean> {
  const { button } = await showDialog({
    title: trans.__('Delete %1?', dashboard.name),
    body: trans.__('Its link stops working and all its versions are removed. Your own files stay as they are.'),
    buttons: [Dialog.cancelButton({ label: trans.__('Keep') }), Dialog.warnButton({ label: trans.__('Delete') })]
  });
  return button.accept;
}
