import type { JupyterFrontEnd } from '@jupyterlab/application';
import { showErrorMessage } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';

import { DashboardsError, toProblem } from '../dashboards/errors';
import { listFrameworks } from '../dashboards/restapi';
import { showExplanation } from '../hub/explanation';
import type { IDashboards } from '../tokens';
import { FOLDER } from '../../server/frameworks';
import { onDisk } from './files';
import { showPublishDialog } from './dialog';
import { saveFirst } from './documents';
import type { Occasion } from './publish-view';
import { firstAudience, type AudienceSetting } from './first-audience';
import { readGit } from './git';
import { planReader } from './plan';
import { inspect } from './target';

interface PublishFileOptions {
  app: JupyterFrontEnd;
  dashboards: IDashboards;
  /** Who may look, unless the person says otherwise. */
  defaultAudience: () => AudienceSetting;
  trans: TranslationBundle;
}

/** Everything that follows from choosing *Publish as dashboard* for `path`: explain, or save, look and show the dialog. */
export async function publishFile(path: string, options: PublishFileOptions): Promise<void> {
  const { app, dashboards, trans } = options;
  const { contents } = app.serviceManager;
  let notes: string[];
  try {
    const access = await dashboards.access();
    if (access.kind === 'off') {
      await showExplanation(access, trans);
      return;
    }
    // Before the dialog: saving may ask something, and Lab shows one dialog at a time.
    notes = await saveFirst(app.shell, contents, path, trans);
  } catch (error) {
    const { message, fix } = toProblem(error, trans);
    await showErrorMessage(trans.__('Nothing was published'), [message, fix ?? ''].join(' ').trim());
    return;
  }
  await showPublishDialog({ dashboards, load: () => look(path), trans });

  async function look(from: string): Promise<Occasion> {
    const access = await dashboards.access();
    if (access.kind === 'off') {
      throw new Error(access.obstacle);
    }
    const { connection, folders } = access;
    const server = { settings: app.serviceManager.serverSettings, trans };
    const looking = inspect(contents, from);
    const [target, { git, problem: gitProblem }, me, frameworks, mine] = await Promise.all([
      looking,
      looking.then(({ folder, wholeFolder, candidates }) =>
        readGit(server, { root: onDisk(folders, folder), entry: (wholeFolder ? null : candidates[0]?.entry) ?? FOLDER })
      ),
      dashboards.whoami(),
      listFrameworks(connection),
      dashboards.refreshMine()
    ]);
    if (!['', 'RTC'].includes(target.drive)) {
      throw new DashboardsError({
        code: 'folder_not_readable',
        message: trans.__('This file is on the drive %1, not on your server’s own disk.', target.drive),
        fix: trans.__('Copy it to a folder of your own server and publish it from there.')
      });
    }
    const defaultAudience = firstAudience(options.defaultAudience(), me);
    const credentials = git?.offer ? await dashboards.gitCredentials() : [];
    const read = { readPlan: planReader(server), git, gitProblem, credentials };
    return { target, folders, whoami: me, frameworks, mine, notes, defaultAudience, ...read };
  }
}
