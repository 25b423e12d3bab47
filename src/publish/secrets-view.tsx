import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { FoundToken, Plan, TokenKind } from '../../server/contract';
import { names } from './names';

interface SecretsProps {
  plan: Plan;
  /** Whether nothing is copied, and viewers see what is saved. */
  live: boolean;
  trans: TranslationBundle;
}

/** Which files probably hold secrets, and what looks like a token in others; it keeps nobody from publishing. */
export function SecretsView({ plan, live, trans }: SecretsProps): React.JSX.Element | null {
  const { secrets, tokens = { items: [], count: 0 }, repository } = plan;
  if (secrets.count + tokens.count === 0) {
    return null;
  }
  return (
    <p className="jp-DashboardsPlan-warning">
      {secrets.count > 0 && (
        <>
          {trans._n(
            'This file probably holds a secret, and would be published: %2.',
            'These files probably hold secrets, and would be published: %2.',
            secrets.count,
            names(secrets, trans)
          )}{' '}
        </>
      )}
      {tokens.count > 0 && (
        <>
          {trans._n(
            'This looks like a secret inside of a file, and would be published: %2.',
            'These look like secrets inside of files, and would be published: %2.',
            tokens.count,
            names({ items: tokens.items.map(token => whatAndWhere(token, trans)), count: tokens.count }, trans)
          )}{' '}
          {tokens.items.some(({ output }) => output) && (
            <>{trans.__('Clear the outputs that show one, and save the notebook.')} </>
          )}
        </>
      )}
      {live
        ? trans.__('Move what the dashboard does not need out of the folder: it can read all of it.')
        : repository !== null
          ? trans.__(
              'Whoever can read the repository can read them already. Name what the dashboard does not need in a file .dashboardignore in the folder, commit it and push.'
            )
          : trans.__('Name what the dashboard does not need in a file .dashboardignore in the folder.')}
    </p>
  );
}

function whatAndWhere({ path, kind, output }: FoundToken, trans: TranslationBundle): string {
  return output
    ? trans.__('%1 in an output of %2', nameOf(kind, trans), path)
    : trans.__('%1 in %2', nameOf(kind, trans), path);
}

function nameOf(kind: TokenKind, trans: TranslationBundle): string {
  switch (kind) {
    case 'anthropic':
      return trans.__('an Anthropic key');
    case 'aws':
      return trans.__('an AWS access key');
    case 'azure':
      return trans.__('an Azure storage key');
    case 'databricks':
      return trans.__('a Databricks token');
    case 'github':
      return trans.__('a GitHub token');
    case 'gitlab':
      return trans.__('a GitLab token');
    case 'google':
      return trans.__('a Google key');
    case 'huggingface':
      return trans.__('a Hugging Face token');
    case 'jupyter':
      return trans.__('a Jupyter token');
    case 'npm':
      return trans.__('an npm token');
    case 'openai':
      return trans.__('an OpenAI key');
    case 'private-key':
      return trans.__('a private key');
    case 'pypi':
      return trans.__('a PyPI token');
    case 'slack':
      return trans.__('a Slack token');
    case 'stripe':
      return trans.__('a Stripe key');
  }
}
