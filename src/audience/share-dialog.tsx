import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { sameAudience, type Dashboard, type Problem, type Whoami } from '../../server/contract';
import { toProblem } from '../dashboards/errors';
import type { IDashboards } from '../tokens';
import { LinkView } from '../views/link-view';
import { showContent } from '../views/modal';
import { ProblemView } from '../views/problem-view';
import { useSignal } from '../views/use-signal';
import { audience, audienceForm, audienceMistake, rebased } from './audience-form';
import { AudienceView, unknownNames } from './audience-view';

interface ShareOptions {
  dashboards: IDashboards;
  dashboard: Dashboard;
  trans: TranslationBundle;
}

/** Show who may look at a dashboard, to change it and to copy its link. */
export async function showShareDialog(options: ShareOptions): Promise<void> {
  const watching = options.dashboards.watch();
  try {
    await showContent({
      title: options.trans.__('Share %1', options.dashboard.name),
      className: 'jp-DashboardsShare',
      render: ({ close, focusFirst }) => <LoadingView {...options} onClose={close} onScreen={focusFirst} />
    });
  } finally {
    watching.dispose();
  }
}

/** Asks first which audiences there are for this user. */
function LoadingView(props: Omit<ShareProps, 'me'>): React.JSX.Element {
  const { dashboards, onClose, onScreen, trans } = props;
  const [me, setMe] = React.useState<Whoami | null>(null);
  const [problem, setProblem] = React.useState<Problem | null>(null);
  const load = () => {
    setProblem(null);
    dashboards.whoami().then(setMe, (error: unknown) => setProblem(toProblem(error, trans)));
  };
  React.useEffect(load, []);
  React.useEffect(onScreen, [me, problem]);
  if (me !== null) {
    return <ShareView {...props} me={me} />;
  }
  return (
    <div className="jp-DashboardsForm">
      <LinkView link={props.dashboard.link} works={props.dashboard.liveVersion !== null} trans={trans} />
      {problem === null ? (
        <p aria-live="polite">{trans.__('Asking who may look…')}</p>
      ) : (
        <ProblemView problem={problem} onRetry={load} trans={trans} />
      )}
      <div className="jp-DashboardsFooter">
        <button type="button" className="jp-mod-styled jp-mod-reject" onClick={onClose}>
          {trans.__('Close')}
        </button>
      </div>
    </div>
  );
}

interface ShareProps extends ShareOptions {
  me: Whoami;
  onClose: () => void;
  onScreen: () => void;
}

function ShareView({ dashboards, dashboard, me, onClose, onScreen, trans }: ShareProps): React.JSX.Element {
  const [form, setForm] = React.useState(() => audienceForm(dashboard.audience));
  const [saved, setSaved] = React.useState(dashboard.audience);
  const [tried, setTried] = React.useState(false);
  const [sending, setSending] = React.useState(false);
  const [done, setDone] = React.useState(false);
  const [problem, setProblem] = React.useState<Problem | null>(null);
  const [elsewhere, setElsewhere] = React.useState(false);
  React.useEffect(onScreen, []);
  useSignal(dashboards.changed);
  const now = dashboards.get(dashboard.id)?.audience ?? saved;
  React.useEffect(() => {
    if (!sending && !sameAudience(now, saved)) {
      setForm(rebased(form, saved, now));
      setSaved(now);
      setElsewhere(true);
    }
  });
  const wanted = audience(form);
  const mistake = tried ? audienceMistake(form, trans) : null;
  const unknown = unknownNames(problem);
  const submit = async (event: React.FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (sending || audienceMistake(form, trans) !== null) {
      return;
    }
    setSending(true);
    setProblem(null);
    try {
      await dashboards.patch(dashboard.id, { audience: wanted });
      setSaved(wanted);
      setDone(true);
      setElsewhere(false);
    } catch (error) {
      setProblem(toProblem(error, trans));
    } finally {
      setSending(false);
    }
  };
  return (
    <form className="jp-DashboardsForm" onSubmit={event => void submit(event)} noValidate aria-busy={sending}>
      <LinkView link={dashboard.link} works={dashboard.liveVersion !== null} trans={trans} />
      <AudienceView
        form={form}
        onChange={change => {
          setForm({ ...form, ...change });
          setProblem(null);
          setDone(false);
        }}
        whoami={me}
        mistakes={mistake === null ? (unknown ?? {}) : { users: mistake }}
        trans={trans}
      />
      {problem !== null && unknown === null && <ProblemView problem={problem} trans={trans} />}
      <p role="status" className="jp-DashboardsField-hint">
        {done
          ? trans.__('Saved. It holds from now on, for open pages too.')
          : elsewhere
            ? trans.__('It was changed in another window meanwhile. What you see here holds once you save it.')
            : trans.__('A change holds at once, for open pages too.')}
      </p>
      <div className="jp-DashboardsFooter">
        <button type="button" className="jp-mod-styled jp-mod-reject" onClick={onClose}>
          {trans.__('Close')}
        </button>
        <button type="submit" className="jp-mod-styled jp-mod-accept" disabled={sending || sameAudience(wanted, saved)}>
          {trans.__('Save')}
        </button>
      </div>
    </form>
  );
}
