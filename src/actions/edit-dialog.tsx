import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { LIMITS, type Dashboard, type PatchRequest, type Problem } from '../../server/contract';
import { toProblem } from '../dashboards/errors';
import type { IDashboards } from '../tokens';
import { descriptionId, FieldView } from '../views/field-view';
import { showContent } from '../views/modal';
import { ProblemView } from '../views/problem-view';

interface EditOptions {
  dashboards: IDashboards;
  dashboard: Dashboard;
  trans: TranslationBundle;
}

/** Show name and description of a dashboard, to change them. The link stays as it is. */
export async function showEditDialog(options: EditOptions): Promise<void> {
  await showContent({
    title: options.trans.__('Name and description'),
    className: 'jp-DashboardsEdit',
    render: ({ close }) => <EditView {...options} onClose={close} />
  });
}

function EditView({ dashboards, dashboard, trans, onClose }: EditOptions & { onClose: () => void }): React.JSX.Element {
  const [name, setName] = React.useState(dashboard.name);
  const [description, setDescription] = React.useState(dashboard.description);
  const [sending, setSending] = React.useState(false);
  const [problem, setProblem] = React.useState<Problem | null>(null);
  const mistake = name.trim() === '' ? trans.__('Give the dashboard a name.') : undefined;
  const submit = async (event: React.FormEvent) => {
    event.preventDefault();
    if (sending || mistake !== undefined) {
      return;
    }
    setSending(true);
    setProblem(null);
    try {
      // What stands as it was read may have been changed in another window since.
      const change: PatchRequest = {
        ...(name.trim() === dashboard.name.trim() ? {} : { name: name.trim() }),
        ...(description.trim() === dashboard.description.trim() ? {} : { description: description.trim() })
      };
      if (Object.keys(change).length > 0) {
        await dashboards.patch(dashboard.id, change);
      }
      onClose();
    } catch (error) {
      setProblem(toProblem(error, trans));
      setSending(false);
    }
  };
  return (
    <form className="jp-DashboardsForm" onSubmit={event => void submit(event)} noValidate aria-busy={sending}>
      {problem !== null && <ProblemView problem={problem} trans={trans} />}
      <FieldView
        label={trans.__('Name')}
        control="dashboards-edit-name"
        mistake={mistake}
        hint={trans.__('The link stays as it is.')}
      >
        <input
          id="dashboards-edit-name"
          className="jp-mod-styled"
          autoFocus
          value={name}
          maxLength={LIMITS.name}
          aria-invalid={mistake !== undefined}
          aria-describedby={descriptionId('dashboards-edit-name')}
          onChange={event => setName(event.target.value)}
        />
      </FieldView>
      <FieldView label={trans.__('Description')} control="dashboards-edit-description">
        <textarea
          id="dashboards-edit-description"
          className="jp-mod-styled"
          rows={5}
          value={description}
          maxLength={LIMITS.description}
          onChange={event => setDescription(event.target.value)}
        />
      </FieldView>
      <div className="jp-DashboardsFooter">
        <button type="button" className="jp-mod-styled jp-mod-reject" onClick={onClose}>
          {trans.__('Cancel')}
        </button>
        <button type="submit" className="jp-mod-styled jp-mod-accept" disabled={sending}>
          {trans.__('Save')}
        </button>
      </div>
    </form>
  );
}
