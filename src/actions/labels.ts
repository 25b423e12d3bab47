import {
  copyIcon,
  deleteIcon,
  editIcon,
  historyIcon,
  launchIcon,
  listIcon,
  refreshIcon,
  runIcon,
  shareIcon,
  stopIcon,
  closeIcon,
  type LabIcon
} from '@jupyterlab/ui-components';
import type { TranslationBundle } from '@jupyterlab/translation';

import { COMMANDS } from '../commands';
import type { ActionCommand } from './possible';

/** How an action is called. */
export interface ActionLabel {
  /** In a menu that belongs to one dashboard. */
  short: string;
  /** In the command palette, where it stands alone. */
  long: string;
  icon: LabIcon;
}

/** Names and icons of everything that can be done with one dashboard, in the order of the menu. */
export function actionLabels(trans: TranslationBundle): Record<ActionCommand, ActionLabel> {
  return {
    [COMMANDS.openDashboard]: { short: trans.__('Open'), long: trans.__('Open Dashboard…'), icon: launchIcon },
    [COMMANDS.copyLink]: { short: trans.__('Copy Link'), long: trans.__('Copy Link of Dashboard…'), icon: copyIcon },
    [COMMANDS.updateDashboard]: { short: trans.__('Update'), long: trans.__('Update Dashboard…'), icon: refreshIcon },
    [COMMANDS.cancelBuild]: {
      short: trans.__('Cancel Publishing'),
      long: trans.__('Cancel Publishing of Dashboard…'),
      icon: closeIcon
    },
    [COMMANDS.showVersions]: {
      short: trans.__('Versions…'),
      long: trans.__('Show Versions of Dashboard…'),
      icon: historyIcon
    },
    [COMMANDS.rollBack]: { short: trans.__('Roll Back…'), long: trans.__('Roll Back Dashboard…'), icon: historyIcon },
    [COMMANDS.openVersion]: {
      short: trans.__('Open a Version…'),
      long: trans.__('Open a Version of Dashboard…'),
      icon: historyIcon
    },
    [COMMANDS.showLog]: { short: trans.__('Log'), long: trans.__('Show Log of Dashboard…'), icon: listIcon },
    [COMMANDS.shareDashboard]: { short: trans.__('Share…'), long: trans.__('Share Dashboard…'), icon: shareIcon },
    [COMMANDS.editDashboard]: {
      short: trans.__('Name and Description…'),
      long: trans.__('Change Name and Description of Dashboard…'),
      icon: editIcon
    },
    [COMMANDS.startDashboard]: { short: trans.__('Start'), long: trans.__('Start Dashboard…'), icon: runIcon },
    [COMMANDS.stopDashboard]: { short: trans.__('Stop'), long: trans.__('Stop Dashboard…'), icon: stopIcon },
    [COMMANDS.deleteDashboard]: { short: trans.__('Delete…'), long: trans.__('Delete Dashboard…'), icon: deleteIcon }
  };
}
