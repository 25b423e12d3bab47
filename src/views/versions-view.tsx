import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { isCloneStrategy, type Dashboard, type Problem, type Version } from '../../server/contract';
import { toProblem } from '../dashboards/errors';
import type { IDashboards } from '../tokens';
import { formatBytes } from './format';
import { ProblemView } from './problem-view';
import { TimeView } from './time-view';

interface VersionsProps {
  dashboards: IDashboards;
  dashboard: Dashboard;
  /** Null while a build is running: there is only one at a time. */
  onRollBack: ((version: number) => void) | null;
  trans: TranslationBundle;
}

/** Link of one kept version, below the stable link of its dashboard. */
export function versionLink(link: string, version: number): string {
  return `${link}@${version}`;
}

/** All versions of a dashboard, and a way back to each that is kept. */
export function VersionsView(props: VersionsProps): React.JSX.Element {
  const { dashboards, dashboard, trans } = props;
  const { id, liveVersion, build, updatedAt } = dashboard;
  const [versions, setVersions] = React.useState<readonly Version[] | null>(null);
  const [problem, setProblem] = React.useState<Problem | null>(null);
  const [attempt, setAttempt] = React.useState(0);
  React.useEffect(() => {
    let current = true;
    dashboards.versions(id).then(
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
  }, [id, liveVersion, build?.id, build?.state, updatedAt, attempt]);
  if (problem !== null) {
    return <ProblemView problem={problem} onRetry={() => setAttempt(attempt + 1)} trans={trans} />;
  }
  if (versions === null) {
    return <p className="jp-DashboardsVersions">{trans.__('Reading the versions…')}</p>;
  }
  return (
    <ul className="jp-DashboardsVersions" aria-label={trans.__('Versions')}>
      {versions.map(version => (
        <VersionView key={version.n} version={version} {...props} />
      ))}
    </ul>
  );
}

function VersionView({
  version,
  dashboard,
  onRollBack,
  trans
}: VersionsProps & { version: Version }): React.JSX.Element {
  const { n, live, state } = version;
  return (
    <li data-live={live}>
      <span className="jp-DashboardsVersions-name">{trans.__('Version %1', n)}</span>
      {live && <span className="jp-DashboardsBadge">{trans.__('live')}</span>}
      {(state === 'lost' || (!live && state !== 'ready')) && (
        <span className="jp-DashboardsBadge">{stateLabel(version, trans)}</span>
      )}
      <span className="jp-DashboardsVersions-actions">
        {state === 'ready' && (
          <a
            href={versionLink(dashboard.link, n)}
            target="_blank"
            rel="noopener noreferrer"
            aria-label={trans.__('Open version %1', n)}
          >
            {trans.__('Open')}
          </a>
        )}
        {state === 'ready' && !live && (
          <button
            type="button"
            className="jp-mod-styled"
            // Not `disabled`: that would take the focus from it.
            aria-disabled={onRollBack === null}
            aria-label={trans.__('Roll back to version %1', n)}
            onClick={() => onRollBack?.(n)}
          >
            {trans.__('Roll back')}
          </button>
        )}
      </span>
      <span className="jp-DashboardsVersions-what">
        <TimeView time={version.createdAt} /> · {version.author}
        {originOf(version, trans)}
        {version.files > 0 && ` · ${trans._n('%1 file', '%1 files', version.files)}, ${formatBytes(version.bytes)}`}
      </span>
      {version.message !== '' && <p className="jp-DashboardsVersions-message">{version.message}</p>}
      {version.warnings.map(warning => (
        <p key={warning} className="jp-DashboardsVersions-warning">
          {warning}
        </p>
      ))}
    </li>
  );
}

/** Where the files of a version came from, where that is not the author's files as they were then. */
function originOf({ source, commit, strategy }: Version, trans: TranslationBundle): string {
  if (source.kind === 'git') {
    return ` · ${[source.ref, commit?.slice(0, 10)].filter(Boolean).join(' @ ')}`;
  }
  if (strategy !== null && isCloneStrategy(strategy)) {
    return ` · ${trans.__('on a clone of their volume')}`;
  }
  return strategy === 'live' ? ` · ${trans.__('as saved')}` : '';
}

function stateLabel({ state }: Version, trans: TranslationBundle): string {
  switch (state) {
    case 'building':
      return trans.__('being built');
    case 'failed':
      // It failed or was cancelled: the service keeps no difference.
      return trans.__('not published');
    case 'removed':
      return trans.__('no longer kept');
    case 'lost':
      return trans.__('files are gone: publish again');
    case 'ready':
      return '';
  }
}
