import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { AudienceKind, Problem, Whoami } from '../../server/contract';
import type { AudienceForm } from './audience-form';
import { quoted } from './names';
import { NamesView } from './names-view';

interface AudienceProps {
  form: AudienceForm;
  onChange: (change: Partial<AudienceForm>) => void;
  whoami: Whoami;
  mistakes: NameMistakes;
  trans: TranslationBundle;
}

/** Name of an audience. */
export function audienceLabel(kind: AudienceKind, trans: TranslationBundle): string {
  switch (kind) {
    case 'owner':
      return trans.__('Only me');
    case 'everyone':
      return trans.__('Everyone signed in');
    case 'people':
      return trans.__('People and groups');
  }
}

/** What is wrong with the names, beside the field where they are. */
export type NameMistakes = Partial<Record<'users' | 'groups', string>>;

/** What belongs beside the names: that the hub does not know some of them. Null for every other problem. */
export function unknownNames(problem: Problem | null): NameMistakes | null {
  if (problem?.code !== 'audience_unknown') {
    return null;
  }
  const says = [problem.message, problem.fix ?? ''].join(' ').trim();
  // A line for each name, as the service has it.
  const [users, groups] = ['user ', 'group '].map(kind =>
    (problem.detail ?? '').split('\n').some(line => line.startsWith(kind))
  );
  return { ...(users || !groups ? { users: says } : {}), ...(groups ? { groups: says } : {}) };
}

const KINDS: readonly AudienceKind[] = ['owner', 'everyone', 'people'];

/** Who may look. What the hub does not allow is shown all the same, with what would allow it. */
export function AudienceView({ form, onChange, whoami, mistakes, trans }: AudienceProps): React.JSX.Element {
  const off = KINDS.filter(kind => !whoami.audiences.includes(kind));
  const reason = 'dashboards-audience-off';
  const quotes = trans.__('One that holds a comma goes in double quotes.');
  return (
    <fieldset className="jp-DashboardsField">
      <legend>{trans.__('Who may look')}</legend>
      {KINDS.map(kind => (
        <label key={kind} className="jp-DashboardsChoice" data-disabled={off.includes(kind)}>
          <input
            type="radio"
            name="dashboards-audience"
            checked={form.audience === kind}
            disabled={off.includes(kind)}
            aria-describedby={off.includes(kind) ? reason : undefined}
            onChange={() => onChange({ audience: kind })}
          />
          {audienceLabel(kind, trans)}
        </label>
      ))}
      {off.length > 0 && (
        <div id={reason} className="jp-DashboardsField-hint">
          <p>{whoami.sharingOff?.message ?? trans.__('Your administrator does not allow all of these on this hub.')}</p>
          {whoami.sharingOff?.fix !== undefined && <p>{whoami.sharingOff.fix}</p>}
        </div>
      )}
      {form.audience === 'people' && (
        <div className="jp-DashboardsForm-people">
          <NamesView
            id="dashboards-users"
            label={trans.__('People')}
            hint={`${trans.__('User names on this hub, separated by commas.')} ${quotes}`}
            mistake={mistakes.users}
            names={form.users}
            onChange={users => onChange({ users })}
            known={[]}
            trans={trans}
          />
          <NamesView
            id="dashboards-groups"
            label={trans.__('Groups')}
            hint={
              whoami.groups.length > 0
                ? trans.__('Separated by commas. Yours: %1', whoami.groups.map(quoted).join(', '))
                : `${trans.__('Groups of this hub, separated by commas.')} ${quotes}`
            }
            mistake={mistakes.groups}
            names={form.groups}
            onChange={groups => onChange({ groups })}
            known={whoami.groups}
            trans={trans}
          />
        </div>
      )}
    </fieldset>
  );
}
