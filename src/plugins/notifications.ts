import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { Notification } from '@jupyterlab/apputils';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import type { Build } from '../../server/contract';
import { COMMANDS } from '../commands';
import { IDashboards } from '../tokens';
import { TRANSLATION_DOMAIN } from '../translation';

/** Tells how a build ended, wherever in Lab its author is by then. */
export const notificationsPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyterhub-dashboards:notifications',
  description: 'Tells how publishing a dashboard ended.',
  autoStart: true,
  requires: [IDashboards],
  optional: [ITranslator],
  activate: (app: JupyterFrontEnd, dashboards: IDashboards, translator: ITranslator | null) => {
    const trans = (translator ?? nullTranslator).load(TRANSLATION_DOMAIN);
    const panel = {
      label: trans.__('Show dashboards'),
      callback: () => void app.commands.execute(COMMANDS.showPanel)
    };
    dashboards.buildEnded.connect((_sender, build: Build) => {
      const dashboard = dashboards.get(build.dashboardId);
      const name = dashboard?.name ?? trans.__('Your dashboard');
      if (build.state === 'live') {
        const link = dashboard?.link;
        const actions =
          link === undefined
            ? [panel]
            : [
                {
                  label: trans.__('Open'),
                  callback: () => void app.commands.execute(COMMANDS.openDashboard, { link })
                },
                { label: trans.__('Copy link'), callback: () => void app.commands.execute(COMMANDS.copyLink, { link }) }
              ];
        Notification.success(trans.__('%1: version %2 is live.', name, build.version), { actions, autoClose: 8_000 });
      } else if (build.state === 'failed') {
        const reason = build.problem?.message ?? '';
        Notification.error(trans.__('%1: version %2 could not be published. %3', name, build.version, reason).trim(), {
          actions: [panel],
          autoClose: false
        });
      }
    });
  }
};
