import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ILauncher } from '@jupyterlab/launcher';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import type { IDisposable } from '@lumino/disposable';

import { mayPublish } from '../actions/possible';
import { COMMANDS } from '../commands';
import { IDashboards } from '../tokens';
import { TRANSLATION_DOMAIN } from '../translation';

/** Cards of the launcher: publish the folder that the launcher stands in, and show what there is. */
export const launcherPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyterhub-dashboards:launcher',
  description: 'Offers dashboards in the launcher.',
  autoStart: true,
  requires: [IDashboards, ILauncher],
  optional: [ITranslator],
  activate: (_app: JupyterFrontEnd, dashboards: IDashboards, launcher: ILauncher, translator: ITranslator | null) => {
    const trans = (translator ?? nullTranslator).load(TRANSLATION_DOMAIN);
    const category = trans.__('Dashboards');
    let publish: IDisposable | null = null;
    const offer = () => {
      // The launcher does not ask commands whether they are visible.
      if (mayPublish(dashboards.me)) {
        publish ??= launcher.add({ command: COMMANDS.publishFolder, category, rank: 1 });
      } else {
        publish?.dispose();
        publish = null;
      }
    };
    offer();
    dashboards.changed.connect(offer);
    launcher.add({ command: COMMANDS.showPanel, category, rank: 2 });
  }
};
