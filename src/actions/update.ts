import type { JupyterFrontEnd } from '@jupyterlab/application';
import { Notification } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';

import type { Dashboard, Place, Selection } from '../../server/contract';
import type { BuildFollower } from '../dashboards/build-follower';
import { saveFirst } from '../publish/documents';
import { contentsPath } from '../publish/files';
import { planReader, planRequest } from '../publish/plan';
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
  const place = source?.kind === 'files' ? await placeSoon(source, { app, trans }) : null;
  const follower = await dashboards.update(id, place === null ? {} : { place });
  notes.forEach(note => Notification.info(note, { autoClose: 8_000 }));
  return follower;
}

/** Nobody who has pressed Update is kept waiting for longer. */
const PATIENCE_MS = 2_000;

/** What this Lab's server sees of the files; null where it does not say so in a moment. */
async function placeSoon(
  source: Selection,
  { app, trans }: Pick<UpdateOptions, 'app' | 'trans'>
): Promise<Place | null> {
  const read = planReader({ settings: app.serviceManager.serverSettings, trans });
  try {
    return (await read(planRequest(source, {}), AbortSignal.timeout(PATIENCE_MS))).place;
  } catch {
    // The runner then finds out what it can by itself, and says what is missing.
    return null;
  }
}
