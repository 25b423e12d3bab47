import { ILayoutRestorer, type JupyterFrontEnd, type JupyterFrontEndPlugin } from '@jupyterlab/application';
import { Clipboard, ICommandPalette } from '@jupyterlab/apputils';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { COMMANDS, type LinkArguments } from '../commands';
import { DashboardsPanel } from '../panel/panel';
import { IDashboards } from '../tokens';
import { TRANSLATION_DOMAIN } from '../translation';

const PANEL_ID = 'jupyterhub-dashboards-panel';

/** The side panel with the user's dashboards, and the commands that act on a dashboard's link. */
export const panelPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyterhub-dashboards:panel',
  description: 'Lists the dashboards of the signed-in user and those shared with them.',
  autoStart: true,
  requires: [IDashboards],
  optional: [ILayoutRestorer, ICommandPalette, ITranslator],
  activate: (
    app: JupyterFrontEnd,
    dashboards: IDashboards,
    restorer: ILayoutRestorer | null,
    palette: ICommandPalette | null,
    translator: ITranslator | null
  ) => {
    const { commands, shell } = app;
    const trans = (translator ?? nullTranslator).load(TRANSLATION_DOMAIN);
    const panel = new DashboardsPanel({ dashboards, trans });
    panel.id = PANEL_ID;
    restorer?.add(panel, PANEL_ID);
    shell.add(panel, 'left', { rank: 600, type: 'Dashboards' });

    commands.addCommand(COMMANDS.showPanel, {
      label: trans.__('Show Dashboards'),
      execute: () => shell.activateById(PANEL_ID)
    });
    commands.addCommand(COMMANDS.openDashboard, {
      label: trans.__('Open Dashboard'),
      execute: args => {
        window.open((args as LinkArguments).link, '_blank', 'noopener,noreferrer');
      }
    });
    commands.addCommand(COMMANDS.copyLink, {
      label: trans.__('Copy Link of Dashboard'),
      execute: args => Clipboard.copyToSystem((args as LinkArguments).link)
    });
    palette?.addItem({ command: COMMANDS.showPanel, category: trans.__('Dashboards') });
  }
};
