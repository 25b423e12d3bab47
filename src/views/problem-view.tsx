import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { Problem } from '../../server/contract';

/** What went wrong, what to do next, and the failing lines for those who want them. */
export function ProblemView({ problem, trans }: { problem: Problem; trans: TranslationBundle }): React.JSX.Element {
  return (
    <div className="jp-DashboardsProblem" role="alert" data-code={problem.code}>
      <p className="jp-DashboardsProblem-message">{problem.message}</p>
      {problem.fix !== undefined && <p>{problem.fix}</p>}
      {problem.detail !== undefined && (
        <details>
          <summary>{trans.__('Details')}</summary>
          <pre tabIndex={0}>{problem.detail}</pre>
        </details>
      )}
    </div>
  );
}
