import { Clipboard, Notification } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';

import type { Dashboard } from '../../server/contract';
import { showShareDialog } from '../audience/share-dialog';
import { COMMANDS, type DashboardArguments, type StopArguments, type VersionArguments } from '../commands';
import { toProblem } from '../dashboards/errors';
import { showExplanation } from '../hub/explanation';
import type { IDashboards } from '../tokens';
import { versionLink } from '../views/versions-view';
import { chooseDashboard } from './chooser';
import { confirmDelete, confirmStop } from './confirm';
import { showEditDialog } from './edit-dialog';
import { actionLabels } from './labels';
import { isPossible, mayPublish, type ActionCommand } from './possible';
import type { ActionRunner } from './runner';
import { showVersions } from './versions-dialog';

interface CommandOptions {
  commands: CommandRegistry;
  dashboards: IDashboards;
  runner: ActionRunner;
  /** Publish again what is on the disk, after what is open has been saved. */
  update: (dashboard: Dashboard) => Promise<unknown>;
  /** Show the log in the main area. */
  showLog: (dashboard: Dashboard) => void;
  /** Whether to ask before a dashboard is stopped that somebody is looking at. */
  confirmStop: () => boolean;
  trans: TranslationBundle;
}

type DeedArguments = VersionArguments & StopArguments;
type Deed = (dashboard: Dashboard, args: DeedArguments) => unknown;

/** Add a command for everything that can be done with one dashboard. Without an `id` each asks which one. */
export function addActionCommands(options: CommandOptions): void {
  const { commands, dashboards, runner, trans } = options;
  const labels = actionLabels(trans);
  const deeds = deedsOf(options);
  for (const command of Object.keys(labels) as ActionCommand[]) {
    const { short, long, icon } = labels[command];
    const isUpdate = command === COMMANDS.updateDashboard;
    commands.addCommand(command, {
      label: ({ id }: DashboardArguments) => (id === undefined ? long : short),
      icon: ({ id }: DashboardArguments) => (id === undefined ? undefined : icon),
      isVisible: () => !isUpdate || mayPublish(dashboards.me),
      execute: async (args: DeedArguments) => {
        const dashboard = await target(command, args, long.replace(/…$/, ''));
        if (dashboard !== null) {
          await deeds[command](dashboard, args);
        }
      }
    });
  }
  dashboards.changed.connect(() => commands.notifyCommandChanged(COMMANDS.updateDashboard));

  async function target(command: ActionCommand, { id }: DashboardArguments, title: string): Promise<Dashboard | null> {
    try {
      const access = await dashboards.access();
      if (access.kind === 'off') {
        await showExplanation(access, trans);
        return null;
      }
      if (id !== undefined) {
        return await dashboards.find(id);
      }
      const possible = (dashboard: Dashboard) => isPossible(command, dashboard, dashboards.me);
      return await chooseDashboard({ dashboards, title, isPossible: possible, trans });
    } catch (error) {
      if (id === undefined) {
        const { message, fix } = toProblem(error, trans);
        Notification.error([message, fix ?? ''].join(' ').trim(), { autoClose: false });
      } else {
        await runner.run(id, () => Promise.reject(error as Error));
      }
      return null;
    }
  }
}

/** What each command does. Requests go through the runner, which keeps what has failed. */
function deedsOf({
  dashboards,
  runner,
  update,
  showLog,
  confirmStop: asks,
  trans
}: CommandOptions): Record<ActionCommand, Deed> {
  const open = (link: string) => window.open(link, '_blank', 'noopener,noreferrer');
  const versions: Deed = dashboard =>
    showVersions({
      dashboards,
      dashboard,
      onRollBack: version => void runner.run(dashboard.id, () => dashboards.activate(dashboard.id, version)),
      trans
    });
  return {
    [COMMANDS.openDashboard]: ({ link }) => open(link),
    [COMMANDS.copyLink]: ({ link, name }) => {
      Clipboard.copyToSystem(link);
      Notification.info(trans.__('The link of %1 is copied.', name), { autoClose: 3_000 });
    },
    [COMMANDS.updateDashboard]: dashboard => runner.run(dashboard.id, () => update(dashboard)),
    [COMMANDS.cancelBuild]: ({ id, build }) => runner.run(id, async () => build && (await dashboards.cancel(build.id))),
    [COMMANDS.showVersions]: versions,
    [COMMANDS.rollBack]: (dashboard, args) =>
      args.version === undefined
        ? versions(dashboard, args)
        : runner.run(dashboard.id, () => dashboards.activate(dashboard.id, args.version ?? 0)),
    [COMMANDS.openVersion]: (dashboard, args) =>
      args.version === undefined ? versions(dashboard, args) : open(versionLink(dashboard.link, args.version)),
    [COMMANDS.showLog]: showLog,
    [COMMANDS.shareDashboard]: dashboard => showShareDialog({ dashboards, dashboard, trans }),
    [COMMANDS.editDashboard]: dashboard => showEditDialog({ dashboards, dashboard, trans }),
    [COMMANDS.startDashboard]: ({ id }) => runner.run(id, () => dashboards.start(id)),
    [COMMANDS.stopDashboard]: async (dashboard, { confirmed }) => {
      if (confirmed === true || dashboard.viewers === 0 || !asks() || (await confirmStop(dashboard, trans))) {
        await runner.run(dashboard.id, () => dashboards.stop(dashboard.id));
      }
    },
    [COMMANDS.deleteDashboard]: async dashboard => {
      if (await confirmDelete(dashboard, trans)) {
        await runner.run(dashboard.id, () => dashboards.remove(dashboard.id));
      }
    }
  };
}
