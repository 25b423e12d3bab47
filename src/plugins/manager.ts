import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { findAccess, hubPage } from '../dashboards/access';
import { DashboardManager } from '../dashboards/manager';
import { pusher } from '../dashboards/push';
import { RememberedBuilds } from '../dashboards/remembered-builds';
import { IDashboards } from '../tokens';
import { TRANSLATION_DOMAIN } from '../translation';

/** Provides {@link IDashboards}. */
export const managerPlugin: JupyterFrontEndPlugin<IDashboards> = {
  id: 'jupyterhub-dashboards:manager',
  description: 'The dashboards of the signed-in user, for this and other extensions.',
  autoStart: true,
  provides: IDashboards,
  optional: [ITranslator],
  activate: ({ serviceManager, restored }: JupyterFrontEnd, translator: ITranslator | null) => {
    const trans = (translator ?? nullTranslator).load(TRANSLATION_DOMAIN);
    const { serverSettings } = serviceManager;
    const page = hubPage();
    const dashboards = new DashboardManager({
      findAccess: () => findAccess(page, serverSettings, trans),
      // Several people may use one browser.
      remembered: new RememberedBuilds(window.localStorage, `jupyterhub-dashboards:builds:${page.prefix}:${page.user}`),
      push: pusher({ settings: serverSettings, trans }, window.location.origin),
      trans
    });
    if (page.prefix !== '') {
      void restored.then(async () => {
        const access = await dashboards.access().catch(() => null);
        if (access?.kind === 'ready') {
          // What fails here is asked again by whoever needs it.
          await dashboards.whoami().catch(() => undefined);
          await dashboards.takeUpBuilds();
        }
      });
    }
    return dashboards;
  }
};
