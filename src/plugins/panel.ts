import { ILayoutRestorer, type JupyterFrontEnd, type JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette, Notification } from '@jupyterlab/apputils';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { addActionCommands } from '../actions/commands';
import { actionLabels } from '../actions/labels';
import { ActionRunner } from '../actions/runner';
import { updateFromSource } from '../actions/update';
import { COMMANDS } from '../commands';
import { toProblem } from '../dashboards/errors';
import { dashboardIcon } from '../icons';
import { DashboardsPanel } from '../panel/panel';
import { loadSettings } from '../settings';
import { IDashboards } from '../tokens';
import { TRANSLATION_DOMAIN } from '../translation';

const PLUGIN_ID = 'jupyterhub-dashboards:panel';
const PANEL_ID = 'jupyterhub-dashboards-panel';

/** The side panel with the user's dashboards, and the commands that do something with one of them. */
export const panelPlugin: JupyterFrontEndPlugin<void> = {
  id: PLUGIN_ID,
  description: 'Lists the dashboards of the signed-in user and those shared with them, and acts on them.',
  autoStart: true,
  requires: [IDashboards],
  optional: [ILayoutRestorer, ICommandPalette, ISettingRegistry, ITranslator],
  activate: (
    app: JupyterFrontEnd,
    dashboards: IDashboards,
    restorer: ILayoutRestorer | null,
    palette: ICommandPalette | null,
    registry: ISettingRegistry | null,
    translator: ITranslator | null
  ) => {
    const { commands, shell } = app;
    const trans = (translator ?? nullTranslator).load(TRANSLATION_DOMAIN);
    const settings = loadSettings(registry, PLUGIN_ID, { side: 'left', confirmStop: true }, trans);
    const runner = new ActionRunner({
      toProblem: error => toProblem(error, trans),
      onFailure: (id, { problem, retry }) => {
        // The card says it better, where somebody looks at it.
        if (!panel.isVisible) {
          const name = dashboards.get(id)?.name ?? trans.__('A dashboard');
          const message = trans.__('%1: %2', name, [problem.message, problem.fix ?? ''].join(' ').trim());
          Notification.error(message, {
            autoClose: false,
            actions: [
              { label: trans.__('Try again'), callback: retry },
              { label: trans.__('Show dashboards'), callback: () => void commands.execute(COMMANDS.showPanel) }
            ]
          });
        }
      }
    });
    const panel = new DashboardsPanel({ dashboards, commands, runner, trans });
    panel.id = PANEL_ID;
    shell.add(panel, settings.current.side, { rank: 600, type: 'Dashboards' });
    restorer?.add(panel, PANEL_ID);
    let { side } = settings.current;
    settings.changed.connect(() => {
      if (settings.current.side !== side) {
        side = settings.current.side;
        shell.add(panel, side, { rank: 600, type: 'Dashboards' });
      }
    });

    addActionCommands({
      commands,
      dashboards,
      runner,
      update: dashboard => updateFromSource(dashboard, { app, dashboards, trans }),
      showLog: ({ id, name }) => void commands.execute(COMMANDS.openLog, { id, name }),
      confirmStop: () => settings.current.confirmStop,
      trans
    });
    commands.addCommand(COMMANDS.showPanel, {
      label: trans.__('Show Dashboards'),
      caption: trans.__('Your dashboards, and those shared with you'),
      icon: dashboardIcon,
      execute: () => shell.activateById(PANEL_ID)
    });
    commands.addCommand(COMMANDS.openGallery, {
      label: trans.__('Open Gallery of Dashboards'),
      caption: trans.__('The hub’s page with all dashboards that you may open'),
      isVisible: () => dashboards.me !== null,
      execute: async () => {
        const access = await dashboards.access();
        if (access.kind === 'ready') {
          window.open(access.connection.serviceUrl, '_blank', 'noopener,noreferrer');
        }
      }
    });
    const category = trans.__('Dashboards');
    for (const command of [COMMANDS.showPanel, COMMANDS.openGallery, ...Object.keys(actionLabels(trans))]) {
      palette?.addItem({ command, category });
    }
  }
};
