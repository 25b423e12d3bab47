import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';

/** Ids of the commands. Menus, toolbars and shortcuts that use them are declared in `schema/`. */
export const COMMANDS = {
  /** The item of the file browser that was clicked. */
  publishClicked: 'dashboards:publish-clicked',
  /** The document in the open tab, or `path`. */
  publishFile: 'dashboards:publish-file',
  showPanel: 'dashboards:show-panel',
  openDashboard: 'dashboards:open-dashboard',
  copyLink: 'dashboards:copy-link'
} as const;

/** Arguments of `dashboards:publish-file`. */
export interface PublishFileArguments extends ReadonlyPartialJSONObject {
  /** Contents path; left out: the current document's. */
  path?: string;
}

/** Arguments of `dashboards:open-dashboard` and `dashboards:copy-link`. */
export interface LinkArguments extends ReadonlyPartialJSONObject {
  link: string;
}
