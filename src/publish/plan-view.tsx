import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { Cut, Exclusion, Plan, Problem, Skipped } from '../../server/contract';
import { formatBytes, formatCount } from '../views/format';
import { ProblemView } from '../views/problem-view';
import { branchName } from './git';
import { names, SHOWN } from './names';
import { SecretsView } from './secrets-view';
import { isBlocked, obstacles, type PlanState } from './use-plan';

interface PlanProps {
  state: PlanState;
  /** Whether nothing is copied, and viewers see what is saved. */
  live: boolean;
  /** Whether the volume that the files are on is cloned. */
  cloned: boolean;
  trans: TranslationBundle;
}

/** Id of the texts that say why publishing would fail. */
export const OBSTACLES_ID = 'dashboards-obstacles';

/** What publishing will copy, before it does: how much, what is left out, what is new, and what is in the way. */
export function PlanView({ state, live, cloned, trans }: PlanProps): React.JSX.Element {
  const { plan, problem, reading, again } = state;
  const found = obstacles(state);
  return (
    <section className="jp-DashboardsPlan" aria-label={trans.__('What will be copied')} aria-busy={reading}>
      <div aria-live="polite">
        {plan !== null ? (
          <Summary plan={plan} live={live} cloned={cloned} trans={trans} />
        ) : problem !== null && !reading ? (
          <p className="jp-DashboardsField-hint">
            {trans.__('What will be copied cannot be told beforehand.')} {problem.message} {problem.fix}
          </p>
        ) : (
          <p className="jp-DashboardsField-hint">{trans.__('Looking at what will be copied…')}</p>
        )}
      </div>
      {found.length > 0 && (
        <div id={OBSTACLES_ID} className="jp-DashboardsPlan-obstacles">
          {!isBlocked(state) && (
            <p className="jp-DashboardsField-hint">
              {trans.__('Unless something newer has been pushed, publishing would fail:')}
            </p>
          )}
          {found.map(obstacle => (
            <ProblemView key={obstacle.message} problem={withoutLinks(obstacle)} trans={trans} />
          ))}
        </div>
      )}
      {plan !== null && !live && <Details plan={plan} trans={trans} />}
      {!reading && (found.length > 0 || problem !== null || plan?.complete === false) && (
        <button type="button" className="jp-mod-styled jp-DashboardsPlan-again" onClick={again}>
          {trans.__('Look again')}
        </button>
      )}
    </section>
  );
}

/** The links are listed by the plan itself. */
function withoutLinks(obstacle: Problem): Problem {
  return obstacle.code === 'links_leave_folder' ? { ...obstacle, detail: undefined } : obstacle;
}

interface FoundProps {
  plan: Plan;
  trans: TranslationBundle;
}

function Summary({ plan, live, cloned, trans }: FoundProps & Pick<PlanProps, 'live' | 'cloned'>): React.JSX.Element {
  const { files, repository } = plan;
  return (
    <>
      <p>
        <span className="jp-DashboardsPlan-size">{size(plan, { live, cloned }, trans)}</span>{' '}
        {live ? '' : sinceVersion(plan, trans)}{' '}
        {repository !== null
          ? ofCommit(repository, trans)
          : live
            ? trans.__('Viewers see the files as you save them.')
            : trans.__('Viewers see the files as they are now.')}
      </p>
      {cloned && (
        <p>{trans.__('The storage clones the whole volume that they are on; viewers get these files alone.')}</p>
      )}
      {repository !== null && repository.modules.count > 0 && (
        <p>
          {trans._n(
            'The files of this submodule come besides: %2.',
            'The files of these submodules come besides: %2.',
            repository.modules.count,
            names(repository.modules, trans)
          )}
        </p>
      )}
      {files > 0 && <SecretsView plan={plan} live={live} trans={trans} />}
    </>
  );
}

function size(
  { files, bytes, complete }: Plan,
  { live, cloned }: Pick<PlanProps, 'live' | 'cloned'>,
  trans: TranslationBundle
): string {
  if (!complete) {
    return trans.__(
      'There are more than %1 files (%2); not all were looked at.',
      formatCount(files),
      formatBytes(bytes)
    );
  }
  if (live) {
    return trans._n(
      '%2 file (%3) is served.',
      '%2 files (%3) are served.',
      files,
      formatCount(files),
      formatBytes(bytes)
    );
  }
  if (cloned) {
    return trans._n(
      '%2 file (%3) will be published.',
      '%2 files (%3) will be published.',
      files,
      formatCount(files),
      formatBytes(bytes)
    );
  }
  return trans._n(
    '%2 file (%3) will be copied.',
    '%2 files (%3) will be copied.',
    files,
    formatCount(files),
    formatBytes(bytes)
  );
}

/** Which state of a repository the plan is of. */
function ofCommit({ commit, fixed }: NonNullable<Plan['repository']>, trans: TranslationBundle): string {
  return fixed
    ? trans.__('Viewers see the files of commit %1.', branchName(commit, trans))
    : trans.__(
        'These are the files of commit %1, the newest that your clone knows; the newest of the repository is fetched.',
        branchName(commit, trans)
      );
}

/** What is new, in a sentence; empty where there is nothing to compare with. */
function sinceVersion({ changes }: Plan, trans: TranslationBundle): string {
  if (changes === null) {
    return '';
  }
  const { version, added, changed, removed } = changes;
  const parts = [
    changed.count > 0 ? trans._n('%2 file changed', '%2 files changed', changed.count, formatCount(changed.count)) : '',
    added.count > 0 ? trans._n('%2 new file', '%2 new files', added.count, formatCount(added.count)) : '',
    removed.count > 0 ? trans._n('%2 file removed', '%2 files removed', removed.count, formatCount(removed.count)) : ''
  ].filter(Boolean);
  return parts.length === 0
    ? trans.__('Nothing has changed since version %1.', version)
    : trans.__('Since version %1: %2.', version, parts.join(', '));
}

function Details({ plan, trans }: FoundProps): React.JSX.Element {
  const { excluded, skipped, leaving, changes, largest } = plan;
  const left = excluded.count + skipped.count;
  const large = largest.filter(({ bytes }) => bytes >= LARGE_BYTES);
  return (
    <>
      {changes !== null && changes.added.count + changes.changed.count + changes.removed.count > 0 && (
        <details>
          <summary>{trans.__('What has changed')}</summary>
          <dl>
            <Names label={trans.__('Changed')} list={changes.changed} trans={trans} />
            <Names label={trans.__('New')} list={changes.added} trans={trans} />
            <Names label={trans.__('Removed')} list={changes.removed} trans={trans} />
          </dl>
        </details>
      )}
      {leaving.count > 0 && (
        <details open>
          <summary>{trans.__('Links that lead out of the folder')}</summary>
          <ul>
            {leaving.items.slice(0, SHOWN).map(({ path, target }) => (
              <li key={path}>
                {path} → {target}
              </li>
            ))}
          </ul>
        </details>
      )}
      {left > 0 && (
        <details>
          <summary>{trans._n('%2 item is left out', '%2 items are left out', left, formatCount(left))}</summary>
          <dl>
            {byReason(plan).map(([why, list]) => (
              <Names key={why} label={reason(why, trans)} list={list} trans={trans} />
            ))}
          </dl>
        </details>
      )}
      {large.length > 0 && (
        <details>
          <summary>{trans.__('Largest files')}</summary>
          <ul>
            {large.map(({ path, bytes }) => (
              <li key={path}>
                {path} <span className="jp-DashboardsPlan-bytes">{formatBytes(bytes)}</span>
              </li>
            ))}
          </ul>
        </details>
      )}
    </>
  );
}

/** Smaller files are nobody's reason to look for what could be left out. */
const LARGE_BYTES = 1_000_000;

function Names(props: { label: string; list: Cut<string>; trans: TranslationBundle }): React.JSX.Element | null {
  const { label, list, trans } = props;
  return list.count === 0 ? null : (
    <>
      <dt>{label}</dt>
      <dd>{names(list, trans)}</dd>
    </>
  );
}

/** What is left out, by why. Of a very long list the rest is not known one by one. */
function byReason({ excluded, skipped }: Plan): [Exclusion | Skipped, Cut<string>][] {
  const found = new Map<Exclusion | Skipped, Cut<string>>();
  const put = (why: Exclusion | Skipped, name: string) => {
    const list = found.get(why) ?? { items: [], count: 0 };
    found.set(why, { items: [...list.items, name], count: list.count + 1 });
  };
  excluded.items.forEach(({ path, why, folder }) => put(why, folder ? `${path}/` : path));
  skipped.items.forEach(({ path, why }) => put(why, path));
  return [...found];
}

function reason(why: Exclusion | Skipped, trans: TranslationBundle): string {
  switch (why) {
    case 'rule':
      return trans.__('Named in .dashboardignore');
    case 'history':
      return trans.__('History of versions');
    case 'packages':
      return trans.__('Installed packages');
    case 'environment':
      return trans.__('Virtual environments');
    case 'cache':
      return trans.__('Caches');
    case 'trash':
      return trans.__('Deleted files');
    case 'store':
      return trans.__('Copies for dashboards');
    case 'hidden':
      return trans.__('Hidden files of your home folder');
    case 'name':
      return trans.__('Names that are not UTF-8');
    case 'pipe':
      return trans.__('Named pipes');
    case 'socket':
      return trans.__('Sockets');
    case 'device':
      return trans.__('Devices');
  }
}
