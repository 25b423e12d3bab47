import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { DocumentWidget } from '@jupyterlab/docregistry';
import { IDefaultFileBrowser, IFileBrowserFactory } from '@jupyterlab/filebrowser';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import type { JSONObject } from '@lumino/coreutils';

import { mayPublish } from '../actions/possible';
import { COMMANDS, type PublishFileArguments, type PublishFolderArguments } from '../commands';
import { publishIcon } from '../icons';
import { clickedItem } from '../publish/clicked-item';
import { isPublishable } from '../publish/files';
import type { AudienceSetting } from '../publish/first-audience';
import { publishFile } from '../publish/publish-file';
import { loadSettings } from '../settings';
import { IDashboards } from '../tokens';
import { TRANSLATION_DOMAIN } from '../translation';

const PLUGIN_ID = 'jupyterhub-dashboards:publish';

/** *Publish as dashboard*: context menu of the file browser, toolbars, File menu, palette. */
export const publishPlugin: JupyterFrontEndPlugin<void> = {
  id: PLUGIN_ID,
  description: 'Publishes notebooks, scripts and folders as dashboards.',
  autoStart: true,
  requires: [IDashboards],
  optional: [IFileBrowserFactory, IDefaultFileBrowser, ICommandPalette, ISettingRegistry, ITranslator],
  activate: (
    app: JupyterFrontEnd,
    dashboards: IDashboards,
    browsers: IFileBrowserFactory | null,
    browser: IDefaultFileBrowser | null,
    palette: ICommandPalette | null,
    registry: ISettingRegistry | null,
    translator: ITranslator | null
  ) => {
    const { commands, shell } = app;
    const trans = (translator ?? nullTranslator).load(TRANSLATION_DOMAIN);
    const settings = loadSettings<PublishSettings>(registry, PLUGIN_ID, { defaultAudience: 'hub' }, trans);
    const options = { app, dashboards, defaultAudience: () => settings.current.defaultAudience, trans };
    const allowed = () => mayPublish(dashboards.me);
    const currentPath = () => {
      const widget = shell.currentWidget;
      return widget instanceof DocumentWidget && isPublishable(widget.context.path) ? widget.context.path : null;
    };

    commands.addCommand(COMMANDS.publishFile, {
      label: trans.__('Publish as Dashboard…'),
      caption: trans.__('Publish this file as a dashboard'),
      icon: publishIcon,
      isVisible: allowed,
      isEnabled: ({ path }: PublishFileArguments) => path !== undefined || currentPath() !== null,
      execute: async ({ path }: PublishFileArguments) => {
        const from = path ?? currentPath();
        if (from !== null) {
          await publishFile(from, options);
        }
      }
    });
    commands.addCommand(COMMANDS.publishFolder, {
      label: args =>
        args['isPalette'] === true ? trans.__('Publish Folder as Dashboard…') : trans.__('Publish Folder'),
      caption: trans.__('Publish the folder shown in the file browser as a dashboard'),
      icon: publishIcon,
      isVisible: allowed,
      execute: async ({ cwd }: PublishFolderArguments) => {
        await publishFile(cwd ?? browser?.model.path ?? '', options);
      }
    });
    const category = trans.__('Dashboards');
    palette?.addItem({ command: COMMANDS.publishFile, category });
    palette?.addItem({ command: COMMANDS.publishFolder, category, args: { isPalette: true } });
    const update = () => {
      commands.notifyCommandChanged(COMMANDS.publishFile);
      commands.notifyCommandChanged(COMMANDS.publishFolder);
    };
    shell.currentChanged?.connect(update);
    dashboards.changed.connect(update);

    if (browsers !== null) {
      const clicked = () => clickedItem(app, browsers.tracker);
      commands.addCommand(COMMANDS.publishClicked, {
        label: trans.__('Publish as Dashboard…'),
        icon: publishIcon,
        isVisible: () => {
          const item = clicked();
          return allowed() && item !== null && (item.type === 'directory' || isPublishable(item.path));
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

interface PublishSettings extends JSONObject {
  defaultAudience: AudienceSetting;
}
