import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { DocumentWidget } from '@jupyterlab/docregistry';
import { IFileBrowserFactory } from '@jupyterlab/filebrowser';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { COMMANDS, type PublishFileArguments } from '../commands';
import { publishIcon } from '../icons';
import { clickedItem } from '../publish/clicked-item';
import { isPublishable } from '../publish/files';
import { publishFile } from '../publish/publish-file';
import { IDashboards } from '../tokens';
import { TRANSLATION_DOMAIN } from '../translation';

/** *Publish as dashboard*: context menu of the file browser, toolbars, File menu, palette. */
export const publishPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyterhub-dashboards:publish',
  description: 'Publishes notebooks, scripts and folders as dashboards.',
  autoStart: true,
  requires: [IDashboards],
  optional: [IFileBrowserFactory, ICommandPalette, ITranslator],
  activate: (
    app: JupyterFrontEnd,
    dashboards: IDashboards,
    browsers: IFileBrowserFactory | null,
    palette: ICommandPalette | null,
    translator: ITranslator | null
  ) => {
    const { commands, shell } = app;
    const trans = (translator ?? nullTranslator).load(TRANSLATION_DOMAIN);
    const options = { app, dashboards, trans };
    const currentPath = () => {
      const widget = shell.currentWidget;
      return widget instanceof DocumentWidget && isPublishable(widget.context.path) ? widget.context.path : null;
    };

    commands.addCommand(COMMANDS.publishFile, {
      label: trans.__('Publish as Dashboard…'),
      caption: trans.__('Publish this file as a dashboard'),
      icon: publishIcon,
      isEnabled: ({ path }: PublishFileArguments) => path !== undefined || currentPath() !== null,
      execute: async ({ path }: PublishFileArguments) => {
        const from = path ?? currentPath();
        if (from !== null) {
          await publishFile(from, options);
        }
      }
    });
    palette?.addItem({ command: COMMANDS.publishFile, category: trans.__('Dashboards') });

    if (browsers !== null) {
      const clicked = () => clickedItem(app, browsers.tracker);
      commands.addCommand(COMMANDS.publishClicked, {
        label: trans.__('Publish as Dashboard…'),
        icon: publishIcon,
        isVisible: () => {
          const item = clicked();
          return item !== null && (item.type === 'directory' || isPublishable(item.path));
        },
        execute: async () => {
          const item = clicked();
          if (item !== null) {
            await publishFile(item.path, options);
          }
        }
      });
    }
  }
};
