import { copyIcon, downloadIcon } from '@jupyterlab/ui-components';
import { Clipboard } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { Problem, Version } from '../../server/contract';
import { toProblem } from '../dashboards/errors';
import { ProblemView } from '../views/problem-view';
import type { LogModel } from './log-model';

interface ToolbarProps {
  model: LogModel;
  loadVersions: () => Promise<Version[]>;
  onDownload: () => Promise<void>;
  follow: boolean;
  onFollow: (on: boolean) => void;
  wrap: boolean;
  onWrap: (on: boolean) => void;
  trans: TranslationBundle;
}

/** Which version, and what to do with its log. */
export function ToolbarView(props: ToolbarProps): React.JSX.Element {
  const { model, follow, onFollow, wrap, onWrap, trans } = props;
  const [copied, setCopied] = React.useState(false);
  const [problem, setProblem] = React.useState<Problem | null>(null);
  const copy = () => {
    Clipboard.copyToSystem(model.blocks.flatMap(block => block.map(({ text }) => text)).join('\n'));
    setCopied(true);
  };
  const download = () => {
    setProblem(null);
    props.onDownload().catch((error: unknown) => setProblem(toProblem(error, trans)));
  };
  return (
    <>
      <div className="jp-DashboardsLogView-toolbar">
        <VersionChoice {...props} />
        <label className="jp-DashboardsChoice">
          <input type="checkbox" checked={follow} onChange={event => onFollow(event.target.checked)} />
          {trans.__('Follow')}
        </label>
        <label className="jp-DashboardsChoice">
          <input type="checkbox" checked={wrap} onChange={event => onWrap(event.target.checked)} />
          {trans.__('Wrap lines')}
        </label>
        <span className="jp-DashboardsLogView-space" />
        <button type="button" className="jp-mod-styled" onClick={copy} onBlur={() => setCopied(false)}>
          <copyIcon.react tag="span" className="jp-DashboardsButton-icon" />
          {copied ? trans.__('Copied') : trans.__('Copy')}
        </button>
        <button type="button" className="jp-mod-styled" onClick={download}>
          <downloadIcon.react tag="span" className="jp-DashboardsButton-icon" />
          {trans.__('Download')}
        </button>
      </div>
      {problem !== null && (
        <ProblemView problem={problem} onRetry={download} onDismiss={() => setProblem(null)} trans={trans} />
      )}
    </>
  );
}

function VersionChoice({ model, loadVersions, trans }: ToolbarProps): React.JSX.Element {
  const [versions, setVersions] = React.useState<readonly Version[]>([]);
  const load = () => {
    // Without them there is still the log of all.
    loadVersions().then(setVersions, () => undefined);
  };
  React.useEffect(load, []);
  return (
    <label className="jp-DashboardsChoice">
      {trans.__('Version')}
      <select
        className="jp-mod-styled"
        value={model.version ?? ''}
        onFocus={load}
        onChange={event => model.show({ version: event.target.value === '' ? null : Number(event.target.value) })}
      >
        <option value="">{trans.__('All')}</option>
        {versions.map(({ n, live }) => (
          <option key={n} value={n}>
            {live ? trans.__('%1 (live)', n) : n}
          </option>
        ))}
      </select>
    </label>
  );
}
