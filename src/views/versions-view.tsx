import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { Problem, Version } from '../../server/contract';
import { toProblem } from '../dashboards/errors';
import { ProblemView } from './problem-view';

interface VersionsProps {
  load: () => Promise<Version[]>;
  /** Changes when the list has to be read again. */
  revision: string;
  /** Null while a build is running: there is only one at a time. */
  onRollBack: ((version: number) => void) | null;
  trans: TranslationBundle;
}

/** All versions of a dashboard, and a way back to each that is kept. */
export function VersionsView({ load, revision, onRollBack, trans }: VersionsProps): React.JSX.Element {
  const [versions, setVersions] = React.useState<readonly Version[] | null>(null);
  const [problem, setProblem] = React.useState<Problem | null>(null);
  React.useEffect(() => {
    let current = true;
    load().then(
      all => {
        if (current) {
          setVersions(all);
          setProblem(null);
        }
      },
      (error: unknown) => current && setProblem(toProblem(error, trans))
    );
    return () => {
      current = false;
    };
    // `load` is a new function at each rendering; `revision` says when to call it.
  }, [revision]);
  if (problem !== null) {
    return <ProblemView problem={problem} trans={trans} />;
  }
  if (versions === null) {
    return <p className="jp-DashboardsVersions">{trans.__('Reading the versions…')}</p>;
  }
  return (
    <ul className="jp-DashboardsVersions" aria-label={trans.__('Versions')}>
      {versions.map(version => (
        <li key={version.n} data-live={version.live}>
          <span className="jp-DashboardsVersions-name">{trans.__('Version %1', version.n)}</span>
          <span className="jp-DashboardsVersions-what">{describe(version, trans)}</span>
          {version.state === 'ready' && !version.live && (
            <button
              type="button"
              className="jp-mod-styled"
              disabled={onRollBack === null}
              aria-label={trans.__('Roll back to version %1', version.n)}
              onClick={() => onRollBack?.(version.n)}
            >
              {trans.__('Roll back')}
            </button>
          )}
          {version.warnings.map(warning => (
            <p key={warning} className="jp-DashboardsVersions-warning">
              {warning}
            </p>
          ))}
        </li>
      ))}
    </ul>
  );
}

function describe(version: Version, trans: TranslationBundle): string {
  const when = new Date(version.createdAt).toLocaleString();
  if (version.live) {
    return trans.__('%1 · live', when);
  }
  switch (version.state) {
    case 'building':
      return trans.__('%1 · being built', when);
    case 'failed':
      return trans.__('%1 · failed', when);
    case 'removed':
      return trans.__('%1 · no longer kept', when);
    case 'ready':
      return version.message === '' ? when : `${when} · ${version.message}`;
  }
}
