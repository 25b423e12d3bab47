import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { GitFacts, Problem } from '../../server/contract';
import { formatCount } from '../views/format';
import { isLive, type PublishForm } from './form';
import { branchName, offered, repositoryName, sameState } from './git';

interface OriginProps {
  form: PublishForm;
  onChange: (change: Partial<PublishForm>) => void;
  /** What Git says of the files; null: nothing, or this hub publishes from no repository. */
  git: GitFacts | null;
  /** Why it says nothing of them, though they are in a clone. */
  problem: Problem | null;
  /** Why the files here cannot be published themselves; null: they can. */
  filesOff: Problem | null;
  /** Whether viewers may see the files as they are saved. */
  mayBeLive: boolean;
  trans: TranslationBundle;
}

/** Which state of the files viewers see: that of now, that of each moment, or that of the repository they belong to. */
export function OriginView(props: OriginProps): React.JSX.Element | null {
  const { form, onChange, git, problem, filesOff, mayBeLive, trans } = props;
  const offer = git?.offer ?? null;
  const last = form.last?.repository ?? null;
  const said = problem !== null && (
    <p className="jp-DashboardsField-hint">
      {problem.message} {problem.fix}
    </p>
  );
  if (offer === null && last === null && !mayBeLive) {
    return said || null;
  }
  const { repository } = form;
  const here = repository === null;
  const live = isLive(form);
  return (
    <fieldset className="jp-DashboardsField">
      <legend>{trans.__('State of the files')}</legend>
      {filesOff === null && (
        <Choice checked={here && !live} onChoose={() => onChange({ repository: null, token: null, live: false })}>
          {trans.__('As they are here now')}
        </Choice>
      )}
      {mayBeLive && (
        <Choice checked={live} onChoose={() => onChange({ repository: null, token: null, live: true })}>
          {trans.__('As I save them, without versions to go back to')}
        </Choice>
      )}
      {last !== null && (offer === null || !sameState(last, offer)) && (
        // The clone has moved on to another branch, and the dashboard has not.
        <Choice
          checked={!here && sameState(repository, last)}
          onChoose={() => onChange({ repository: last, token: null })}
        >
          {trans.__('As on %1 of %2, like the last version', branchName(last.ref, trans), repositoryName(last.url))}
        </Choice>
      )}
      {git !== null && offer !== null && (
        <>
          <Choice
            checked={!here && sameState(repository, offer)}
            disabled={!git.hasEntry && (here || !sameState(repository, offer))}
            describedBy={NOTES_ID}
            onChoose={() => onChange({ repository: offered(offer, last) })}
          >
            {trans.__('As on %1 of %2 (%3)', branchName(offer.ref, trans), repositoryName(offer.url), offer.remote)}
          </Choice>
          <p id={NOTES_ID} className="jp-DashboardsField-hint">
            {notes(git, trans)}
          </p>
        </>
      )}
      {filesOff !== null && !here && <p className="jp-DashboardsField-hint">{filesOff.message}</p>}
      {said}
    </fieldset>
  );
}

const NOTES_ID = 'dashboards-origin-notes';

interface ChoiceProps {
  checked: boolean;
  disabled?: boolean;
  describedBy?: string;
  onChoose: () => void;
  children: React.ReactNode;
}

function Choice({ checked, disabled, describedBy, onChoose, children }: ChoiceProps): React.JSX.Element {
  return (
    <label className="jp-DashboardsChoice">
      <input
        type="radio"
        name="dashboards-origin"
        checked={checked}
        disabled={disabled}
        aria-describedby={describedBy}
        onChange={onChoose}
      />
      {children}
    </label>
  );
}

function notes(git: GitFacts, trans: TranslationBundle): string {
  const found = differences(git, trans);
  return found.length === 0 ? trans.__('Both are the same, as far as is known here.') : found.join(' ');
}

/** What the repository does not have, in sentences. */
function differences({ dirty, ahead, hasEntry }: GitFacts, trans: TranslationBundle): string[] {
  return [
    hasEntry ? '' : trans.__('The file that starts the dashboard is not committed.'),
    dirty.count === 0
      ? ''
      : trans._n(
          'Not committed: %2 file of this folder (%3).',
          'Not committed: %2 files of this folder (%3).',
          dirty.count,
          formatCount(dirty.count),
          [...dirty.items.slice(0, 3), ...(dirty.count > 3 ? ['…'] : [])].join(', ')
        ),
    ahead === 0 ? '' : trans._n('Not pushed: %2 commit.', 'Not pushed: %2 commits.', ahead, formatCount(ahead))
  ].filter(Boolean);
}
