import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { IDashboards } from '../tokens';
import { showContent } from '../views/modal';
import { PublishView, type Occasion } from './publish-view';

interface PublishDialogOptions {
  dashboards: IDashboards;
  /** Reads what the dialog has to know; called again when the person tries again. */
  load: () => Promise<Occasion>;
  trans: TranslationBundle;
}

/** Show the dialog. Resolves when it is closed; a build that was started goes on. */
export async function showPublishDialog({ dashboards, load, trans }: PublishDialogOptions): Promise<void> {
  const watching = dashboards.watch();
  try {
    await showContent({
      title: trans.__('Publish as dashboard'),
      className: 'jp-DashboardsPublish',
      render: ({ close, focusFirst }) => (
        <PublishView dashboards={dashboards} load={load} onClose={close} onScreen={focusFirst} trans={trans} />
      )
    });
  } finally {
    watching.dispose();
  }
}
