import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { BuildFollower } from '../dashboards/build-follower';
import { ProblemView } from '../views/problem-view';
import { useSignal } from '../views/use-signal';
import { progress, sentence, stages } from './stages';

interface ProgressProps {
  follower: BuildFollower;
  onCancel: () => void;
  trans: TranslationBundle;
}

/** A build under way: stages, log, and a way to call it off. */
export function ProgressView({ follower, onCancel, trans }: ProgressProps): React.JSX.Element {
  useSignal(follower.changed);
  const { build } = follower;
  const unsent = follower.ended ? null : follower.unsent;
  const all = stages(build, follower.reached, trans);
  return (
    <section className="jp-DashboardsProgress" aria-label={trans.__('Progress')}>
      <p className="jp-DashboardsProgress-sentence" aria-live="polite" data-state={build.state}>
        {unsent !== null ? trans.__('The files could not be sent.') : sentence(build, trans)}
      </p>
      <progress value={progress(all)} max={1} aria-label={trans.__('Progress')} />
      <ol className="jp-DashboardsProgress-stages">
        {all.map(stage => (
          <li
            key={stage.state}
            data-status={stage.status}
            aria-current={stage.status === 'current' ? 'step' : undefined}
          >
            {stage.label}
          </li>
        ))}
      </ol>
      {build.state === 'copy' && unsent === null && (
        <p className="jp-DashboardsProgress-line">{follower.lines.at(-1)}</p>
      )}
      {build.state === 'cancelled'
        ? // Nothing went wrong, and the sentence above has said what was done.
          build.problem?.fix !== undefined && <p>{build.problem.fix}</p>
        : build.problem !== null && <ProblemView problem={build.problem} trans={trans} />}
      {unsent !== null && <ProblemView problem={unsent} onRetry={() => void follower.send()} trans={trans} />}
      {follower.lost !== null && !follower.ended && <ProblemView problem={follower.lost} trans={trans} />}
      {(follower.lines.length > 0 || !follower.ended) && <LogView lines={follower.lines} trans={trans} />}
      {!follower.ended && (
        <button type="button" className="jp-mod-styled jp-DashboardsProgress-cancel" onClick={onCancel}>
          {trans.__('Cancel publishing')}
        </button>
      )}
    </section>
  );
}

function LogView({ lines, trans }: { lines: readonly string[]; trans: TranslationBundle }): React.JSX.Element {
  const end = React.useRef<HTMLPreElement>(null);
  // Follows the log, unless somebody has scrolled up to read.
  const atEnd = React.useRef(true);
  React.useEffect(() => {
    if (end.current !== null && atEnd.current) {
      end.current.scrollTop = end.current.scrollHeight;
    }
  }, [lines]);
  return (
    <details className="jp-DashboardsProgress-log">
      <summary>{trans._n('Log (%1 line)', 'Log (%1 lines)', lines.length)}</summary>
      <pre
        ref={end}
        tabIndex={0}
        aria-label={trans.__('Log')}
        onScroll={({ currentTarget: pre }) => {
          atEnd.current = pre.scrollHeight - pre.scrollTop - pre.clientHeight < 8;
        }}
      >
        {lines.join('\n')}
      </pre>
    </details>
  );
}
