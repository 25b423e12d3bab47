import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { Problem } from '../../server/contract';

interface ProblemProps {
  problem: Problem;
  /** Do the same again. */
  onRetry?: () => void;
  onDismiss?: () => void;
  /** Whether it has just happened, so that screen readers say it at once. */
  isNews?: boolean;
  trans: TranslationBundle;
}

/** What went wrong, what to do next, and the failing lines for those who want them. */
export function ProblemView({ problem, onRetry, onDismiss, isNews = true, trans }: ProblemProps): React.JSX.Element {
  return (
    <div className="jp-DashboardsProblem" role={isNews ? 'alert' : undefined} data-code={problem.code}>
      <p className="jp-DashboardsProblem-message">{problem.message}</p>
      {problem.fix !== undefined && <p>{problem.fix}</p>}
      {problem.left !== undefined && <p>{problem.left}</p>}
      {problem.detail !== undefined && (
        <details>
          <summary>{trans.__('Details')}</summary>
          <pre tabIndex={0}>{problem.detail}</pre>
        </details>
      )}
      {(onRetry ?? onDismiss) !== undefined && (
        <div className="jp-DashboardsProblem-actions">
          {onRetry !== undefined && (
            <button type="button" className="jp-mod-styled" onClick={onRetry}>
              {trans.__('Try again')}
            </button>
          )}
          {onDismiss !== undefined && (
            <button type="button" className="jp-mod-styled" onClick={onDismiss}>
              {trans.__('Dismiss')}
            </button>
          )}
        </div>
      )}
    </div>
  );
}
