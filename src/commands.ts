import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';

/** Ids of the commands. Menus, toolbars and shortcuts that use them are declared in `schema/`. */
export const COMMANDS = {
  /** The item of the file browser that was clicked. */
  publishClicked: 'dashboards:publish-clicked',
  /** The document in the open tab, or `path`. */
  publishFile: 'dashboards:publish-file',
  /** The folder of the launcher, `cwd`, or the one that the file browser shows. */
  publishFolder: 'dashboards:publish-folder',
  showPanel: 'dashboards:show-panel',
  /** The hub's page with everything that the user may open. */
  openGallery: 'dashboards:open-gallery',
  /** Opens the tab with a log, without asking the service about its dashboard. Not for people. */
  openLog: 'dashboards:open-log',
  // What can be done with one dashboard. Without `id` these ask which one.
  openDashboard: 'dashboards:open-dashboard',
  copyLink: 'dashboards:copy-link',
  updateDashboard: 'dashboards:update-dashboard',
  cancelBuild: 'dashboards:cancel-build',
  showVersions: 'dashboards:show-versions',
  rollBack: 'dashboards:roll-back',
  openVersion: 'dashboards:open-version',
  showLog: 'dashboards:show-log',
  shareDashboard: 'dashboards:share-dashboard',
  editDashboard: 'dashboards:edit-dashboard',
  startDashboard: 'dashboards:start-dashboard',
  stopDashboard: 'dashboards:stop-dashboard',
  deleteDashboard: 'dashboards:delete-dashboard'
} as const;

/** Arguments of `dashboards:publish-file`. */
export interface PublishFileArguments extends ReadonlyPartialJSONObject {
  /** Contents path; left out: the current document's. */
  path?: string;
}

/** Arguments of `dashboards:publish-folder`. */
export interface PublishFolderArguments extends ReadonlyPartialJSONObject {
  /** Contents path; left out: the folder that the file browser shows. */
  cwd?: string;
}

/** Arguments of `dashboards:open-log`. */
export interface OpenLogArguments extends ReadonlyPartialJSONObject {
  id: string;
  name: string;
}

/** Arguments of every command that does something with one dashboard. */
export interface DashboardArguments extends ReadonlyPartialJSONObject {
  /** Left out: the person is asked. */
  id?: string;
}

/** Arguments of `dashboards:stop-dashboard`. */
export interface StopArguments extends DashboardArguments {
  /** The person has been asked already: nobody is asked again because of those who look at it. */
  confirmed?: boolean;
}

/** Arguments of `dashboards:roll-back` and `dashboards:open-version`. Without a number the versions are shown. */
export interface VersionArguments extends DashboardArguments {
  version?: number;
}
