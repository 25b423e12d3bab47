import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { LIMITS, type GitCredential } from '../../server/contract';
import { descriptionId, FieldView } from '../views/field-view';
import type { PublishForm } from './form';
import { hostOf, isSecure, OWN } from './git';

interface CredentialProps {
  form: PublishForm;
  onChange: (change: Partial<PublishForm>) => void;
  /** Those that are stored for the author. */
  stored: readonly GitCredential[];
  onRemove: (id: string) => void;
  mistake?: string;
  trans: TranslationBundle;
}

/** Values of the choice that are no ids. */
const NOTHING = '';
const NEW_TOKEN = 'new';

/** What the repository is read with: the author's own Git set-up, something that is stored, or a token to be stored now. */
export function CredentialView(props: CredentialProps): React.JSX.Element | null {
  const { form, onChange, stored, onRemove, mistake, trans } = props;
  const { repository, token } = form;
  const select = React.useRef<HTMLSelectElement>(null);
  if (repository === null) {
    return null;
  }
  const host = hostOf(repository.url);
  const fitting = stored.filter(one => one.host === host && (one.kind === 'token') === isSecure(repository.url));
  const choose = (value: string) => {
    const { credential: _, ...rest } = repository;
    onChange({
      token: value === NEW_TOKEN ? '' : null,
      repository: value === NOTHING || value === NEW_TOKEN ? rest : { ...rest, credential: value }
    });
  };
  const chosen = token === null ? (repository.credential ?? NOTHING) : NEW_TOKEN;
  const known = [OWN, NOTHING, NEW_TOKEN, ...fitting.map(({ id }) => id)];
  return (
    <>
      <FieldView
        label={trans.__('Read the repository with')}
        control="dashboards-credential"
        hint={
          chosen === OWN ? trans.__('What your terminal reads it with: an ssh key, a credential helper.') : undefined
        }
      >
        <select
          ref={select}
          id="dashboards-credential"
          className="jp-mod-styled"
          value={chosen}
          aria-describedby={chosen === OWN ? descriptionId('dashboards-credential') : undefined}
          onChange={event => choose(event.target.value)}
        >
          <option value={OWN}>{trans.__('Your own Git set-up')}</option>
          <option value={NOTHING}>{trans.__('Nothing: it is public')}</option>
          {fitting.map(one => (
            <option key={one.id} value={one.id}>
              {label(one, trans)}
            </option>
          ))}
          {!known.includes(chosen) && <option value={chosen}>{trans.__('As for the last version')}</option>}
          {isSecure(repository.url) && <option value={NEW_TOKEN}>{trans.__('A new token…')}</option>}
        </select>
      </FieldView>
      {fitting.some(({ id }) => id === chosen) && (
        <RemovalView
          key={chosen}
          remove={() => {
            // What has the focus goes.
            select.current?.focus();
            onRemove(chosen);
          }}
          trans={trans}
        />
      )}
      {token !== null && (
        <FieldView
          label={trans.__('Token for %1', host)}
          control="dashboards-token"
          mistake={mistake}
          hint={trans.__('One that may read the repository. It is stored encrypted, and shown to nobody again.')}
        >
          <input
            id="dashboards-token"
            className="jp-mod-styled"
            type="password"
            autoComplete="off"
            value={token}
            maxLength={LIMITS.gitSecret}
            aria-invalid={mistake !== undefined}
            aria-describedby={descriptionId('dashboards-token')}
            onChange={event => onChange({ token: event.target.value })}
          />
        </FieldView>
      )}
    </>
  );
}

/** A way to forget what is stored, in two steps: other dashboards may be read with it. */
function RemovalView({ remove, trans }: { remove: () => void; trans: TranslationBundle }): React.JSX.Element {
  const [asking, setAsking] = React.useState(false);
  if (!asking) {
    return (
      <button type="button" className="jp-mod-styled jp-DashboardsForm-aside" onClick={() => setAsking(true)}>
        {trans.__('Forget it…')}
      </button>
    );
  }
  return (
    <div className="jp-DashboardsForm-aside" role="group" aria-label={trans.__('Forget it')}>
      <p>
        {trans.__(
          'Dashboards that are read with it stay as they are, and cannot be updated until another one is chosen.'
        )}
      </p>
      {/* Where the first step was, so that the focus stays. */}
      <button type="button" className="jp-mod-styled jp-mod-warn" autoFocus onClick={remove}>
        {trans.__('Forget it')}
      </button>
      <button type="button" className="jp-mod-styled" onClick={() => setAsking(false)}>
        {trans.__('Keep it')}
      </button>
    </div>
  );
}

function label({ kind, host, username, createdAt }: GitCredential, trans: TranslationBundle): string {
  // Of two for one host, the time tells which is which.
  const day = new Date(createdAt).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' });
  if (kind === 'ssh_key') {
    return trans.__('The key for %1, stored on %2', host, day);
  }
  return username === null
    ? trans.__('The token for %1, stored on %2', host, day)
    : trans.__('The token of %1 for %2, stored on %3', username, host, day);
}
