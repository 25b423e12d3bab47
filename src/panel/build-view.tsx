import type { TranslationBundle } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';
import * as React from 'react';

import type { Build, Dashboard } from '../../server/contract';
import { COMMANDS } from '../commands';
import { isBuilding } from '../dashboards/is-building';
import { progress, sentence, stages } from '../publish/stages';
import { ProblemView } from '../views/problem-view';

interface BuildProps {
  dashboard: Dashboard;
  commands: CommandRegistry;
  trans: TranslationBundle;
}

/** The newest build: how far it is, with a way to call it off, or why it failed. Nothing once it is live. */
export function BuildView(props: BuildProps): React.JSX.Element | null {
  const { dashboard, trans } = props;
  const { build, liveVersion } = dashboard;
  if (build === null) {
    return null;
  }
  if (isBuilding(dashboard)) {
    return <RunningView {...props} build={build} />;
  }
  // While the dashboard itself has failed, its own problem says why.
  if (build.state !== 'failed' || build.problem === null || dashboard.problem !== null) {
    return null;
  }
  return (
    <div>
      <ProblemView problem={build.problem} isNews={false} trans={trans} />
      {liveVersion !== null && (
        <p className="jp-DashboardsField-hint">{trans.__('Version %1 stays live.', liveVersion)}</p>
      )}
    </div>
  );
}

function RunningView({ dashboard, build, commands, trans }: BuildProps & { build: Build }): React.JSX.Element {
  return (
    <div className="jp-DashboardsCard-build">
      <p>{sentence(build, trans)}</p>
      <progress value={progress(stages(build, build.state, trans))} max={1} aria-label={trans.__('Progress')} />
      <button
        type="button"
        className="jp-mod-styled"
        onClick={() => void commands.execute(COMMANDS.cancelBuild, { id: dashboard.id })}
      >
        {trans.__('Cancel publishing')}
      </button>
    </div>
  );
}
