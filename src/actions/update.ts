import type { JupyterFrontEnd } from '@jupyterlab/application';
import { Notification } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';

import type { Dashboard } from '../../server/contract';
import type { BuildFollower } from '../dashboards/build-follower';
import { saveFirst } from '../publish/documents';
import { contentsPath } from '../publish/files';
import type { IDashboards } from '../tokens';

interface UpdateOptions {
  app: JupyterFrontEnd;
  dashboards: IDashboards;
  trans: TranslationBundle;
}

/** Publish a dashboard again from where it came from. Its entry is saved first if it is open with unsaved changes. */
export async function updateFromSource(
  { id, source }: Dashboard,
  { app, dashboards, trans }: UpdateOptions
): Promise<BuildFollower> {
  const access = await dashboards.access();
  const path = access.kind === 'ready' && source !== null ? contentsPath(access.folders, source) : null;
  const notes = path === null ? [] : await saveFirst(app.shell, app.serviceManager.contents, path, trans);
  const follower = await dashboards.update(id, {});
  notes.forEach(note => Notification.info(note, { autoClose: 8_000 }));
  return follower;
}
