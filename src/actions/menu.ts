import { MenuSvg } from '@jupyterlab/ui-components';
import type { CommandRegistry } from '@lumino/commands';

import type { Dashboard, Whoami } from '../../server/contract';
import { COMMANDS } from '../commands';
import { isPossible, type ActionCommand } from './possible';

/** The menu of a dashboard, in groups. */
const GROUPS: readonly (readonly ActionCommand[])[] = [
  [COMMANDS.openDashboard, COMMANDS.copyLink, COMMANDS.shareDashboard],
  [COMMANDS.updateDashboard, COMMANDS.cancelBuild, COMMANDS.showVersions, COMMANDS.showLog],
  [COMMANDS.editDashboard, COMMANDS.startDashboard, COMMANDS.stopDashboard],
  [COMMANDS.deleteDashboard]
];

interface MenuOptions {
  commands: CommandRegistry;
  dashboard: Dashboard;
  me: Whoami | null;
  /** Where it opens, in pixels of the window. */
  at: { x: number; y: number };
  /** Has the focus again when the menu has closed. */
  opener: HTMLElement;
  onClose?: () => void;
}

/** Open the menu with everything that can be done with a dashboard now. */
export function openActionsMenu({ commands, dashboard, me, at, opener, onClose }: MenuOptions): void {
  const menu = new MenuSvg({ commands });
  menu.addClass('jp-DashboardsMenu');
  for (const group of GROUPS) {
    const possible = group.filter(command => isPossible(command, dashboard, me));
    if (possible.length > 0 && menu.items.length > 0) {
      menu.addItem({ type: 'separator' });
    }
    possible.forEach(command => menu.addItem({ command, args: { id: dashboard.id } }));
  }
  menu.aboutToClose.connect(() => {
    onClose?.();
    // Before the command runs: a dialog that it opens gives the focus back to where it was.
    opener.focus();
    // Closing is under way until the current task is over.
    setTimeout(() => menu.dispose(), 0);
  });
  menu.open(at.x, at.y);
}
