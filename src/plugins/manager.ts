import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { findAccess, hubPage } from '../dashboards/access';
import { DashboardManager } from '../dashboards/manager';
import { IDashboards } from '../tokens';
import { TRANSLATION_DOMAIN } from '../translation';

/** Provides {@link IDashboards}. */
export const managerPlugin: JupyterFrontEndPlugin<IDashboards> = {
  id: 'jupyterhub-dashboards:manager',
  description: 'The dashboards of the signed-in user, for this and other extensions.',
  autoStart: true,
  provides: IDashboards,
  optional: [ITranslator],
  activate: (app: JupyterFrontEnd, translator: ITranslator | null) => {
    const trans = (translator ?? nullTranslator).load(TRANSLATION_DOMAIN);
    const { serverSettings } = app.serviceManager;
    return new DashboardManager({ findAccess: () => findAccess(hubPage(), serverSettings, trans), trans });
  }
};
