import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { Notification } from '@jupyterlab/apputils';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import type { Build } from '../../server/contract';
import { COMMANDS } from '../commands';
import { loadSettings } from '../settings';
import { IDashboards } from '../tokens';
import { TRANSLATION_DOMAIN } from '../translation';

const PLUGIN_ID = 'jupyterhub-dashboards:notifications';

/** Tells how a build ended, wherever in Lab its author is by then. */
export const notificationsPlugin: JupyterFrontEndPlugin<void> = {
  id: PLUGIN_ID,
  description: 'Tells how publishing a dashboard ended.',
  autoStart: true,
  requires: [IDashboards],
  optional: [ISettingRegistry, ITranslator],
  activate: (
    { commands }: JupyterFrontEnd,
    dashboards: IDashboards,
    registry: ISettingRegistry | null,
    translator: ITranslator | null
  ) => {
    const trans = (translator ?? nullTranslator).load(TRANSLATION_DOMAIN);
    const settings = loadSettings(registry, PLUGIN_ID, { onSuccess: true, onFailure: true }, trans);
    const action = (label: string, command: string, args = {}) => ({
      label,
      callback: () => void commands.execute(command, args)
    });
    dashboards.buildEnded.connect((_sender, { dashboardId: id, state, version, problem }: Build) => {
      const name = dashboards.get(id)?.name ?? trans.__('Your dashboard');
      if (state === 'live' && settings.current.onSuccess) {
        Notification.success(trans.__('%1: version %2 is live.', name, version), {
          actions: [
            action(trans.__('Open'), COMMANDS.openDashboard, { id }),
            action(trans.__('Copy link'), COMMANDS.copyLink, { id })
          ],
          autoClose: 8_000
        });
      } else if (state === 'failed' && settings.current.onFailure) {
        const reason = problem?.message ?? '';
        Notification.error(trans.__('%1: version %2 could not be published. %3', name, version, reason).trim(), {
          actions: [
            action(trans.__('Show log'), COMMANDS.showLog, { id }),
            action(trans.__('Show dashboards'), COMMANDS.showPanel)
          ],
          autoClose: false
        });
      }
    });
  }
};
