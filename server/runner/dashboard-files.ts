import { chmod, lstat, readdir, realpath, rm } from 'node:fs/promises';
import { join } from 'node:path';

import type { Problem } from '../contract';
import { ProblemError, problemOf, systemCode } from '../problem-error';

/**
 * Removes everything that a dashboard left in its author's home. Symbolic links are removed, never followed: neither
 * those inside nor one in place of a folder on the way; what is behind the latter stays, and whoever calls hears of it.
 */
export async function removeDashboardFiles(home: string, dashboardId: string): Promise<void> {
  if (!/^[A-Za-z0-9_-]{1,200}$/.test(dashboardId)) {
    throw new Error('The id of the dashboard is no name of a folder');
  }
  const parent = join(home, '.dashboards');
  const folder = join(parent, dashboardId);
  if (!(await isFolder(parent))) {
    await refuseBehindLink(folder);
    return;
  }
  await makeRemovable(folder);
  await rm(folder, { recursive: true, force: true, maxRetries: 3 });
}

/** Versions are made through a link that their author has put there; they are not removed through one. */
async function refuseBehindLink(folder: string): Promise<void> {
  const where = await realpath(folder).catch(() => null);
  if (where !== null) {
    throw new ProblemError('links_leave_folder', 'The folder .dashboards is a link.', {
      fix: 'Remove what it leads to by hand.',
      detail: where
    });
  }
}

/** Versions may be read-only folders. Files need no change: removing one is a matter of its folder. */
async function makeRemovable(folder: string): Promise<void> {
  if (!(await isFolder(folder))) {
    return;
  }
  try {
    await chmod(folder, 0o700);
    for (const entry of await readdir(folder, { withFileTypes: true })) {
      if (entry.isDirectory()) {
        await makeRemovable(join(folder, entry.name));
      }
    }
  } catch (error) {
    // A build that was called off may still be removing what it had begun.
    if (systemCode(error) !== 'ENOENT') {
      throw error;
    }
  }
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await lstat(path)).isDirectory();
  } catch (error) {
    if (systemCode(error) === 'ENOENT') {
      return false;
    }
    throw error;
  }
}

/** What to tell of files of a deleted dashboard that could not be removed. */
export function filesLeft(error: unknown): Problem {
  const { code, detail } = problemOf(error);
  return {
    code,
    message: `Files of a deleted dashboard could not be removed (${systemCode(error) ?? code}).`,
    fix: 'Look who they belong to, and whether something holds them; then remove the folder by hand.',
    ...(detail !== undefined && { detail })
  };
}
