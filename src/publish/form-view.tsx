import type { TranslationBundle } from '@jupyterlab/translation';
import { PathExt } from '@jupyterlab/coreutils';
import * as React from 'react';

import {
  cloneStrategies,
  LIMITS,
  type Dashboard,
  type FrameworkId,
  type FrameworkInfo,
  type GitCredential,
  type GitFacts,
  type Problem,
  type Whoami
} from '../../server/contract';
import { FOLDER } from '../../server/frameworks';
import { AudienceView, unknownNames } from '../audience/audience-view';
import { descriptionId, FieldView } from '../views/field-view';
import { ProblemView } from '../views/problem-view';
import {
  detection,
  framework,
  frameworkTitle,
  isLive,
  keepsCommand,
  mistakes,
  recognised,
  scopeOf,
  withEntry,
  type PublishForm
} from './form';
import { BesidesView } from './besides-view';
import { CredentialView } from './credential-view';
import { MessageView } from './message-view';
import { OriginView } from './origin-view';
import { OBSTACLES_ID, PlanView } from './plan-view';
import { isBlocked, type PlanState } from './use-plan';

interface FormProps {
  form: PublishForm;
  onChange: (change: Partial<PublishForm>) => void;
  onSubmit: () => void;
  onClose: () => void;
  whoami: Whoami;
  frameworks: readonly FrameworkInfo[];
  /** The dashboard that gets a new version; null for a new dashboard. */
  dashboard: Dashboard | null;
  /** Sentences about what has been done before the dialog opened. */
  notes: readonly string[];
  /** Why the last attempt failed. */
  problem: Problem | null;
  plan: PlanState;
  /** What Git says of the files; null: nothing, or this hub publishes from no repository. */
  git: GitFacts | null;
  /** Why Git says nothing of them, though they are in a clone. */
  gitProblem: Problem | null;
  /** What private repositories can be read with. */
  credentials: readonly GitCredential[];
  /** A stored token or key is no longer wanted. */
  onRemoveCredential: (id: string) => void;
  sending: boolean;
  trans: TranslationBundle;
}

/** Id of why files of the home cannot be published. */
const OFF_ID = 'dashboards-files-off';

/** What is about to be published, ready to be sent as it stands. */
export function FormView(props: FormProps): React.JSX.Element {
  const { form, onChange, trans, dashboard, sending } = props;
  const offered = props.frameworks.map(({ id }) => id);
  const found = mistakes(form, trans, offered);
  const updates = dashboard !== null && dashboard.liveVersion !== null;
  const [attempts, setAttempts] = React.useState(0);
  const shown = attempts > 0 ? found : {};
  const unknown = unknownNames(props.problem);
  const filesOff = (form.repository === null && props.whoami.filesOff) || null;
  const blocked = filesOff !== null || isBlocked(props.plan);
  const root = useWhatIsWrong(attempts, props.problem);
  const submit = (event: React.FormEvent) => {
    event.preventDefault();
    setAttempts(attempts + 1);
    if (Object.keys(found).length === 0 && !sending && !blocked) {
      props.onSubmit();
    }
  };
  return (
    <form ref={root} className="jp-DashboardsForm" onSubmit={submit} noValidate aria-busy={sending}>
      {props.notes.map(note => (
        <p key={note} className="jp-DashboardsForm-note">
          {note}
        </p>
      ))}
      {props.problem !== null && unknown === null && <ProblemView problem={props.problem} trans={trans} />}
      <FieldView label={trans.__('Name')} control="dashboards-name" mistake={shown.name}>
        <input
          id="dashboards-name"
          className="jp-mod-styled"
          value={form.name}
          maxLength={LIMITS.name}
          aria-invalid={shown.name !== undefined}
          aria-describedby={shown.name === undefined ? undefined : descriptionId('dashboards-name')}
          onChange={event => onChange({ name: event.target.value })}
        />
      </FieldView>
      {form.candidates.length !== 1 && <EntryField {...props} mistake={shown.entry} />}
      <FrameworkField {...props} mistake={shown.framework} />
      {framework(form) === 'command' && <CommandField {...props} mistake={shown.command} />}
      {form.entry !== FOLDER && <ScopeField {...props} />}
      <OriginView
        form={form}
        onChange={onChange}
        git={props.git}
        problem={props.gitProblem}
        filesOff={props.whoami.filesOff ?? null}
        mayBeLive={mayBeLive(props)}
        trans={trans}
      />
      <CredentialView
        form={form}
        onChange={onChange}
        stored={props.credentials}
        onRemove={props.onRemoveCredential}
        mistake={shown.token}
        trans={trans}
      />
      <BesidesView form={form} onChange={onChange} trans={trans} />
      {filesOff !== null && (
        <div id={OFF_ID}>
          <ProblemView problem={filesOff} trans={trans} />
        </div>
      )}
      {form.entry !== '' && filesOff === null && (
        <PlanView state={props.plan} live={isLive(form)} cloned={isCloned(props)} trans={trans} />
      )}
      <AudienceView
        form={form}
        onChange={onChange}
        whoami={props.whoami}
        mistakes={shown.users === undefined ? (unknown ?? {}) : { users: shown.users }}
        trans={trans}
      />
      {updates && <MessageView message={form.message} onChange={onChange} readOnly={sending} trans={trans} />}
      <div className="jp-DashboardsFooter">
        <button type="button" className="jp-mod-styled jp-mod-reject" onClick={props.onClose}>
          {trans.__('Cancel')}
        </button>
        <button
          type="submit"
          className="jp-mod-styled jp-mod-accept jp-DashboardsForm-submit"
          disabled={sending}
          aria-disabled={blocked}
          aria-describedby={filesOff !== null ? OFF_ID : blocked ? OBSTACLES_ID : undefined}
        >
          {sending ? trans.__('Publishing…') : updates ? trans.__('Update') : trans.__('Publish')}
        </button>
      </div>
    </form>
  );
}

/** Leads to what is wrong with the form after an attempt, which may have been scrolled away. */
function useWhatIsWrong(attempts: number, problem: Problem | null): React.RefObject<HTMLFormElement> {
  const root = React.useRef<HTMLFormElement>(null);
  React.useEffect(() => {
    const mistake = root.current?.querySelector<HTMLElement>('[aria-invalid=true]');
    const scroller = root.current?.closest('.jp-DashboardsContent');
    if (mistake) {
      mistake.focus();
    } else if (problem !== null && scroller) {
      scroller.scrollTop = 0;
    }
  }, [attempts, problem]);
  return root;
}

/** Whether this hub serves files as they are saved, and these are published with their folder. */
function mayBeLive({ form, whoami }: FormProps): boolean {
  return whoami.strategies.includes('live') && scopeOf(form) === 'folder';
}

/** Whether this hub clones the volume that these files are on. */
function isCloned({ form, whoami }: FormProps): boolean {
  return form.repository === null && !isLive(form) && cloneStrategies(whoami.strategies).length > 0;
}

type FieldProps = Pick<FormProps, 'form' | 'onChange' | 'trans'> & { mistake?: string };

function EntryField({ form, onChange, trans, mistake }: FieldProps): React.JSX.Element {
  if (form.candidates.length === 0) {
    return (
      <p className="jp-DashboardsField-mistake" role="alert">
        {trans.__('This folder holds no notebook, script or web page. Add one, or choose another folder.')}
      </p>
    );
  }
  return (
    <FieldView label={trans.__('Starts with')} control="dashboards-entry" mistake={mistake}>
      <select
        id="dashboards-entry"
        className="jp-mod-styled"
        value={form.entry}
        aria-invalid={mistake !== undefined}
        aria-describedby={mistake === undefined ? undefined : descriptionId('dashboards-entry')}
        onChange={event => onChange(withEntry(form, event.target.value))}
      >
        {form.candidates.map(({ entry }) => (
          <option key={entry} value={entry}>
            {entry === FOLDER ? trans.__('The whole folder') : entry}
          </option>
        ))}
      </select>
    </FieldView>
  );
}

function FrameworkField({
  form,
  onChange,
  frameworks,
  trans,
  mistake
}: FieldProps & Pick<FormProps, 'frameworks'>): React.JSX.Element {
  const usual = recognised(form);
  const chosen = framework(form);
  const title = (id: FrameworkId) => frameworkTitle(id, trans);
  const offered = frameworks.some(({ id }) => id === chosen);
  return (
    <FieldView
      label={trans.__('Framework')}
      control="dashboards-framework"
      mistake={mistake}
      hint={frameworkHint(form, trans)}
    >
      <select
        id="dashboards-framework"
        className="jp-mod-styled"
        value={offered ? (chosen ?? '') : ''}
        aria-invalid={mistake !== undefined}
        aria-describedby={descriptionId('dashboards-framework')}
        onChange={event => {
          const choice = frameworks.find(known => known.id === event.target.value)?.id ?? null;
          onChange({ framework: choice === usual ? null : choice });
        }}
      >
        {!offered && <option value="">{trans.__('Choose…')}</option>}
        {frameworks.map(({ id }) => (
          <option key={id} value={id}>
            {title(id)}
          </option>
        ))}
      </select>
    </FieldView>
  );
}

/** Why the framework is the one that stands in the form. */
function frameworkHint(form: PublishForm, trans: TranslationBundle): string {
  const detected = detection(form);
  if (detected === null) {
    return framework(form) !== null && framework(form) === recognised(form)
      ? trans.__('As in the last version; JupyterLab does not recognise how %1 is run.', form.entry)
      : trans.__('JupyterLab does not recognise how %1 is run.', form.entry);
  }
  return framework(form) === detected.framework
    ? trans.__('Because %1.', detected.reason)
    : trans.__(
        'Chosen by you; recognised was %1, because %2.',
        frameworkTitle(detected.framework, trans),
        detected.reason
      );
}

function CommandField({ form, onChange, trans, mistake }: FieldProps): React.JSX.Element {
  const hint = trans.__(
    '%1 and %2 stand for the port to listen on and the path the dashboard is served under; also %3, %4 and %5.',
    '{port}',
    '{base_url}',
    '{entry}',
    '{python}',
    '{host}'
  );
  return (
    <FieldView label={trans.__('Command')} control="dashboards-command" mistake={mistake} hint={hint}>
      <input
        id="dashboards-command"
        className="jp-mod-styled jp-DashboardsForm-command"
        value={form.command}
        maxLength={LIMITS.command}
        spellCheck={false}
        placeholder={
          keepsCommand(form)
            ? trans.__('As in the last version')
            : '{python} {entry} --port {port} --base-url {base_url}'
        }
        aria-invalid={mistake !== undefined}
        aria-describedby={descriptionId('dashboards-command')}
        onChange={event => onChange({ command: event.target.value })}
      />
    </FieldView>
  );
}

function ScopeField({ form, onChange, trans }: FieldProps): React.JSX.Element {
  const folder = form.folder === '' ? trans.__('your top folder') : PathExt.basename(form.folder);
  const broad = form.folder === '';
  const options = [
    {
      scope: 'folder' as const,
      text: broad ? trans.__('Everything in %1', folder) : trans.__('The folder %1 (recommended)', folder)
    },
    { scope: 'file' as const, text: trans.__('This file only') }
  ];
  return (
    <fieldset className="jp-DashboardsField">
      <legend>{trans.__('Published files')}</legend>
      {options.map(({ scope, text }) => (
        <label key={scope} className="jp-DashboardsChoice">
          <input
            type="radio"
            name="dashboards-scope"
            checked={form.scope === scope}
            onChange={() => onChange({ scope })}
          />
          {text}
        </label>
      ))}
    </fieldset>
  );
}
