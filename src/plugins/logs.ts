import { ILayoutRestorer, type JupyterFrontEnd, type JupyterFrontEndPlugin } from '@jupyterlab/application';
import { WidgetTracker } from '@jupyterlab/apputils';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { COMMANDS, type OpenLogArguments } from '../commands';
import { LogWidget } from '../logs/log-widget';
import { loadSettings } from '../settings';
import { IDashboards } from '../tokens';
import { TRANSLATION_DOMAIN } from '../translation';

const PLUGIN_ID = 'jupyterhub-dashboards:logs';

/** Logs of dashboards as tabs of the main area. */
export const logsPlugin: JupyterFrontEndPlugin<void> = {
  id: PLUGIN_ID,
  description: 'Shows the logs of dashboards.',
  autoStart: true,
  requires: [IDashboards],
  optional: [ILayoutRestorer, ISettingRegistry, ITranslator],
  activate: (
    { commands, shell }: JupyterFrontEnd,
    dashboards: IDashboards,
    restorer: ILayoutRestorer | null,
    registry: ISettingRegistry | null,
    translator: ITranslator | null
  ) => {
    const trans = (translator ?? nullTranslator).load(TRANSLATION_DOMAIN);
    const settings = loadSettings(registry, PLUGIN_ID, { follow: true, wrap: true }, trans);
    const tracker = new WidgetTracker<LogWidget>({ namespace: 'dashboards-log' });

    commands.addCommand(COMMANDS.openLog, {
      label: trans.__('Show Log of Dashboard'),
      isVisible: () => false,
      execute: args => {
        const { id, name } = args as OpenLogArguments;
        const known = tracker.find(({ dashboardId }) => dashboardId === id);
        if (known !== undefined) {
          shell.activateById(known.id);
          return;
        }
        const widget = new LogWidget({ dashboards, id, name, initial: settings.current, trans });
        shell.add(widget, 'main', { type: 'Dashboard Log' });
        void tracker.add(widget);
        shell.activateById(widget.id);
      }
    });
    void restorer?.restore(tracker, {
      command: COMMANDS.openLog,
      args: ({ dashboardId, dashboardName }) => ({ id: dashboardId, name: dashboardName }),
      name: ({ dashboardId }) => dashboardId
    });
  }
};
