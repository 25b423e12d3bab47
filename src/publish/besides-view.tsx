import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { PublishForm } from './form';

interface BesidesProps {
  form: PublishForm;
  onChange: (change: Partial<PublishForm>) => void;
  trans: TranslationBundle;
}

/** What of a repository Git itself does not keep in it, and whoever publishes has to ask for. */
export function BesidesView({ form, onChange, trans }: BesidesProps): React.JSX.Element | null {
  const { repository } = form;
  if (repository === null) {
    return null;
  }
  const box = (name: 'lfs' | 'submodules', label: string) => (
    <label className="jp-DashboardsChoice">
      <input
        type="checkbox"
        checked={repository[name] === true}
        onChange={event => {
          const { [name]: _, ...rest } = repository;
          onChange({ repository: event.target.checked ? { ...rest, [name]: true } : rest });
        }}
      />
      {label}
    </label>
  );
  return (
    <fieldset className="jp-DashboardsField">
      <legend>{trans.__('Fetch besides')}</legend>
      {box('lfs', trans.__('Files that the repository keeps in Git LFS'))}
      {box('submodules', trans.__('Repositories inside of it (submodules)'))}
    </fieldset>
  );
}
