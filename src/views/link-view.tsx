import { Clipboard } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

interface LinkProps {
  link: string;
  /** There is something to see behind it. */
  works: boolean;
  trans: TranslationBundle;
}

/** The stable link of a dashboard, with copy and open beside it. */
export function LinkView({ link, works, trans }: LinkProps): React.JSX.Element {
  const [copied, setCopied] = React.useState(false);
  const copy = () => {
    Clipboard.copyToSystem(link);
    setCopied(true);
  };
  return (
    <div className="jp-DashboardsLink">
      <a className="jp-DashboardsLink-address" href={link} target="_blank" rel="noopener noreferrer">
        {link}
      </a>
      <div className="jp-DashboardsLink-actions">
        <button type="button" className="jp-mod-styled" onClick={copy}>
          {copied ? trans.__('Copied') : trans.__('Copy link')}
        </button>
        <a
          className={works ? 'jp-DashboardsButton' : 'jp-DashboardsButton jp-mod-quiet'}
          href={link}
          target="_blank"
          rel="noopener noreferrer"
        >
          {trans.__('Open')}
        </a>
      </div>
      <span className="jp-DashboardsHidden" aria-live="polite">
        {copied ? trans.__('Link copied') : ''}
      </span>
    </div>
  );
}
