import { Dialog, showDialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { Access } from '../dashboards/access';

type Off = Extract<Access, { kind: 'off' }>;

/** Why nothing can be published here, and who can change that: a heading and up to three sentences. */
export function explain({ obstacle, owner }: Off, trans: TranslationBundle): { title: string; lines: string[] } {
  switch (obstacle) {
    case 'no-hub':
      return {
        title: trans.__('Dashboards need a JupyterHub'),
        lines: [
          trans.__('This JupyterLab runs on its own, so there is nobody who could serve a dashboard to other people.'),
          trans.__('Open the same files in JupyterLab on your organisation’s JupyterHub, and publish from there.'),
          trans.__(
            'For administrators: install jupyterhub-dashboards beside JupyterHub and add its configure(c) to jupyterhub_config.py.'
          )
        ]
      };
    case 'no-extension':
      return {
        title: trans.__('One part of dashboards is missing on this server'),
        lines: [
          trans.__('JupyterLab has the dashboards extension, but the server it runs on does not answer for it.'),
          trans.__('Restart your server from the hub’s home page and try again.'),
          trans.__(
            'For administrators: run “jupyter server extension list” in the single-user environment; jupyterhub_dashboards has to be enabled and OK.'
          )
        ]
      };
    case 'foreign-server':
      return {
        title: trans.__('This is somebody else’s JupyterLab'),
        lines: [
          trans.__('This server belongs to %1. What you published from here would run with your rights.', owner),
          trans.__('Open your own JupyterLab to publish your files, or ask %1 to publish this one.', owner)
        ]
      };
  }
}

/** Tell the person why nothing can be published here. */
export async function showExplanation(access: Off, trans: TranslationBundle): Promise<void> {
  const { title, lines } = explain(access, trans);
  await showDialog({
    title,
    body: (
      <div className="jp-DashboardsExplanation">
        {lines.map(line => (
          <p key={line}>{line}</p>
        ))}
      </div>
    ),
    buttons: [Dialog.okButton({ label: trans.__('Close') })]
  });
}
