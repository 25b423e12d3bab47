import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type {
  Dashboard,
  DefaultAudience,
  FrameworkInfo,
  GitCredential,
  GitFacts,
  PlanRequest,
  Problem,
  UpdateRequest,
  Whoami
} from '../../server/contract';
import type { Folders } from '../dashboards/access';
import type { BuildFollower } from '../dashboards/build-follower';
import { toProblem } from '../dashboards/errors';
import { isBuilding } from '../dashboards/is-building';
import type { IDashboards } from '../tokens';
import { ProblemView } from '../views/problem-view';
import { useSignal } from '../views/use-signal';
import { changes, filledWith, refilled, type Filled } from './changes';
import { DashboardView } from './dashboard-view';
import { onDisk } from './files';
import {
  formFor,
  messageRequest,
  newForm,
  published,
  publishRequest,
  source,
  updateRequest,
  type PublishForm,
  type Target
} from './form';
import { FormView } from './form-view';
import { hostOf, offered, OWN } from './git';
import { gitPlanRequest, planRequest, type ReadPlan } from './plan';
import { SubmissionKey } from './submission-key';
import { useLiveCommit } from './use-live-commit';
import { usePlan, type PlanState } from './use-plan';

/** Everything the dialog has to know before it can show anything. */
export interface Occasion {
  target: Target;
  folders: Folders;
  whoami: Whoami;
  frameworks: readonly FrameworkInfo[];
  mine: readonly Dashboard[];
  /** Sentences about what was done on the way here, such as saving the file. */
  notes: readonly string[];
  /** Of a new dashboard. */
  defaultAudience: DefaultAudience;
  readPlan: ReadPlan;
  /** What Git says of the files; null: nothing. */
  git: GitFacts | null;
  /** Why it says nothing of them, though they are in a clone. */
  gitProblem: Problem | null;
  /** What private repositories can be read with. */
  credentials: readonly GitCredential[];
}

interface PublishProps {
  dashboards: IDashboards;
  load: () => Promise<Occasion>;
  onClose: () => void;
  /** Called when what is shown has changed as a whole and the focus has to find its place in it. */
  onScreen: () => void;
  trans: TranslationBundle;
}

/** The dialog's content: reads the occasion, then shows the form, or the dashboard it has become. */
export function PublishView(props: PublishProps): React.JSX.Element {
  const { load, onClose, onScreen, trans } = props;
  const [occasion, setOccasion] = React.useState<Occasion | null>(null);
  const [problem, setProblem] = React.useState<Problem | null>(null);
  const [attempt, setAttempt] = React.useState(0);
  React.useEffect(() => {
    let current = true;
    setProblem(null);
    load().then(
      found => current && setOccasion(found),
      (error: unknown) => current && setProblem(toProblem(error, trans))
    );
    return () => {
      current = false;
    };
  }, [attempt]);
  React.useEffect(onScreen, [occasion, problem]);
  if (occasion !== null) {
    return <OccasionView {...props} occasion={occasion} />;
  }
  return (
    <div className="jp-DashboardsForm">
      {problem === null ? (
        <p aria-live="polite">{trans.__('Looking at your files…')}</p>
      ) : (
        <ProblemView problem={problem} trans={trans} />
      )}
      <div className="jp-DashboardsFooter">
        <button type="button" className="jp-mod-styled jp-mod-reject" onClick={onClose}>
          {trans.__('Close')}
        </button>
        {problem !== null && (
          <button type="button" className="jp-mod-styled jp-mod-accept" onClick={() => setAttempt(attempt + 1)}>
            {trans.__('Try again')}
          </button>
        )}
      </div>
    </div>
  );
}

function OccasionView(props: PublishProps & { occasion: Occasion }): React.JSX.Element {
  const { dashboards, occasion, onClose, onScreen, trans } = props;
  const { target, folders } = occasion;
  const found = React.useMemo(() => published(occasion.mine, target, folders, occasion.git), [occasion]);
  const [id, setId] = React.useState<string | null>(found?.id ?? null);
  const [form, setForm] = React.useState<PublishForm>(() =>
    withoutFiles(
      found === null ? newForm(target, folders, occasion.defaultAudience) : formFor(found, target, folders),
      occasion
    )
  );
  const [filled, setFilled] = React.useState<Filled>(() => filledWith(form));
  /** What the form has asked for, until a version of that kind is live: it is what is tried again. */
  const [sent, setSent] = React.useState<UpdateRequest | null>(null);
  const [editing, setEditing] = React.useState(found === null);
  const [follower, setFollower] = React.useState<BuildFollower | null>(null);
  const [key] = React.useState(() => new SubmissionKey());
  const [credentials, setCredentials] = React.useState(occasion.credentials);
  const [sending, setSending] = React.useState(false);
  const [problem, setProblem] = React.useState<Problem | null>(null);
  useSignal(dashboards.changed);
  useSignal(follower?.changed ?? null);
  React.useEffect(onScreen, [editing, id]);

  const change = (changed: Partial<PublishForm>) => setForm(before => ({ ...before, ...changed }));
  const live = follower?.build.kind === 'publish' && follower.build.state === 'live' ? follower.build.id : null;
  React.useEffect(() => {
    if (live !== null) {
      // It was of that version; one that came to nothing leaves it to the next attempt.
      change({ message: '' });
      setSent(null);
      setFilled(before => ({ ...before, audience: sent?.audience ?? before.audience }));
    }
  }, [live]);

  const dashboard = id === null ? null : (dashboards.get(id) ?? null);
  const inForm = editing || dashboard === null;
  const planned = inForm ? (form.entry === '' ? null : source(form, folders)) : (sent?.source ?? dashboard.source);
  const liveCommit = useLiveCommit(dashboards, dashboard, planned);
  /** Null: nothing, or not yet. */
  const question = (): PlanRequest | null => {
    // While a version is being made, the one before it is nothing to compare with.
    if (planned === null || (dashboard !== null && isBuilding(dashboard)) || liveCommit === undefined) {
      return null;
    }
    const since = sinceOf(dashboard);
    return planned.kind === 'git'
      ? gitPlanRequest(
          planned,
          onDisk(folders, form.folder),
          liveCommit === null || since === undefined ? undefined : { ...since, commit: liveCommit }
        )
      : planRequest(planned, { since, publishablePaths: occasion.whoami.publishablePaths });
  };
  const plan = usePlan(occasion.readPlan, question(), trans);
  /** Send something, and show what became of it. */
  const attempt = async (work: () => Promise<BuildFollower | null>) => {
    setSending(true);
    setProblem(null);
    try {
      const started = await work();
      if (started !== null) {
        setFollower(started);
        setId(started.build.dashboardId);
        setEditing(false);
      }
    } catch (error) {
      setProblem(toProblem(error, trans));
    } finally {
      setSending(false);
    }
  };
  React.useEffect(() => {
    const build = found?.build ?? null;
    if (found !== null && build !== null && isBuilding(found)) {
      void attempt(() => dashboards.follow(build));
    }
  }, [found]);

  if (inForm) {
    /** The form with a token of it stored: what is published names it, and does not hold it. */
    const withStored = async (): Promise<PublishForm> => {
      const { repository, token } = form;
      if (repository === null || token === null) {
        return form;
      }
      const credential = await dashboards.storeGitToken(hostOf(repository.url), token.trim());
      setCredentials(before => [...before, credential]);
      const stored = { token: null, repository: { ...repository, credential: credential.id } };
      change(stored);
      return { ...form, ...stored };
    };
    const removeCredential = async (id: string) => {
      try {
        await dashboards.removeGitCredential(id);
        setCredentials(before => before.filter(one => one.id !== id));
        if (form.repository?.credential === id) {
          change({ repository: { ...form.repository, credential: OWN } });
        }
        setProblem(null);
      } catch (error) {
        setProblem(toProblem(error, trans));
      }
    };
    const submit = async () => {
      const form = await withStored();
      if (dashboard === null) {
        const request = publishRequest(form, folders);
        const started = await key.submit(request, await plan.place(), (sent, id) => dashboards.publish(sent, id));
        setSent(null);
        setFilled(filledWith(form));
        return started;
      }
      const { name, audience: changed } = changes(form, filled, dashboard);
      if (name !== undefined) {
        await dashboards.patch(dashboard.id, { name });
        setFilled(before => ({ ...before, name }));
      }
      // The audience goes with the version: people who are new to it must not see the old one. What has been asked for
      // and has not become live may hold in part: it is asked for until it does.
      const audience = sent?.audience === undefined ? changed : filledWith(form).audience;
      const request = { ...updateRequest(form, folders), ...(audience === undefined ? {} : { audience }) };
      const started = await dashboards.update(dashboard.id, await withPlace(request, plan));
      setSent(request);
      return started;
    };
    return (
      <FormView
        form={form}
        onChange={change}
        onSubmit={() => void attempt(submit)}
        onClose={onClose}
        whoami={occasion.whoami}
        frameworks={occasion.frameworks}
        dashboard={dashboard}
        notes={occasion.notes}
        problem={problem}
        plan={plan}
        git={occasion.whoami.strategies.includes('git') ? occasion.git : null}
        credentials={credentials}
        onRemoveCredential={id => void removeCredential(id)}
        gitProblem={occasion.whoami.strategies.includes('git') ? occasion.gitProblem : null}
        sending={sending}
        trans={trans}
      />
    );
  }
  return (
    <DashboardView
      dashboards={dashboards}
      dashboard={dashboard}
      follower={follower}
      problem={problem}
      plan={plan}
      strategies={occasion.whoami.strategies}
      sending={sending}
      message={form.message}
      onMessage={change}
      onUpdate={() =>
        void attempt(async () => dashboards.update(dashboard.id, await withPlace(repeated(sent, form), plan)))
      }
      onRollBack={version => void attempt(() => dashboards.activate(dashboard.id, version))}
      onCancel={() =>
        void attempt(async () => {
          await dashboards.cancel(follower?.build.id ?? '');
          return null;
        })
      }
      onChange={() => {
        setProblem(null);
        setForm(refilled(form, filled, dashboard));
        setFilled(dashboard);
        setEditing(true);
      }}
      onClose={onClose}
      trans={trans}
    />
  );
}

/** Where files of homes cannot be published, the branch of their clone is what is meant. */
function withoutFiles(form: PublishForm, { whoami, git }: Occasion): PublishForm {
  const offer = whoami.strategies.includes('git') ? (git?.offer ?? null) : null;
  return whoami.filesOff && form.repository === null && offer !== null
    ? { ...form, repository: offered(offer, null) }
    : form;
}

/** The live version, which a further one is compared with. */
function sinceOf(dashboard: Dashboard | null): PlanRequest['since'] {
  return dashboard === null || dashboard.liveVersion === null
    ? undefined
    : { dashboard: dashboard.id, version: dashboard.liveVersion };
}

async function withPlace(request: UpdateRequest, plan: PlanState): Promise<UpdateRequest> {
  const place = await plan.place();
  return place === null ? request : { ...request, place };
}

/** Another attempt at what the form has asked for, or the same as the last version; with what is new. */
function repeated(sent: UpdateRequest | null, form: PublishForm): UpdateRequest {
  const { message: _, ...kind } = sent ?? {};
  return { ...kind, ...messageRequest(form) };
}
