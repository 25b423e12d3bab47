import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { GitFacts } from '../../server/contract';
import { formatCount } from '../views/format';
import type { PublishForm } from './form';
import { repositoryName } from './git';

interface OriginProps {
  form: PublishForm;
  onChange: (change: Partial<PublishForm>) => void;
  git: GitFacts;
  trans: TranslationBundle;
}

/** Whether the files are published as they are here, or as they are in the repository that they belong to. */
export function OriginView({ form, onChange, git, trans }: OriginProps): React.JSX.Element | null {
  const { offer } = git;
  if (offer === null) {
    return null;
  }
  const branch = offer.ref === git.commit ? offer.ref.slice(0, 10) : offer.ref;
  const notes = differences(git, trans);
  return (
    <fieldset className="jp-DashboardsField">
      <legend>{trans.__('State of the files')}</legend>
      <label className="jp-DashboardsChoice">
        <input
          type="radio"
          name="dashboards-origin"
          checked={form.repository === null}
          onChange={() => onChange({ repository: null })}
        />
        {trans.__('As they are here now')}
      </label>
      <label className="jp-DashboardsChoice">
        <input
          type="radio"
          name="dashboards-origin"
          checked={form.repository !== null}
          disabled={!git.hasEntry && form.repository === null}
          aria-describedby="dashboards-origin-notes"
          onChange={() => onChange({ repository: { url: offer.url, ref: offer.ref, root: offer.root } })}
        />
        {trans.__('As on %1 of %2 (%3)', branch, repositoryName(offer.url), offer.remote)}
      </label>
      <p id="dashboards-origin-notes" className="jp-DashboardsField-hint">
        {notes.length === 0 ? trans.__('Both are the same, as far as is known here.') : notes.join(' ')}
      </p>
    </fieldset>
  );
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
