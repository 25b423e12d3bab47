import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { IRunningSessionManagers, type IRunningSessions } from '@jupyterlab/running';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import type { IDisposable } from '@lumino/disposable';
import { MessageLoop } from '@lumino/messaging';
import { Signal } from '@lumino/signaling';

import type { Dashboard } from '../../server/contract';
import { COMMANDS, type StopArguments } from '../commands';
import { dashboardIcon } from '../icons';
import { IDashboards } from '../tokens';
import { TRANSLATION_DOMAIN } from '../translation';
import { stateLabel } from '../views/state-view';

/** What runs may have been published long ago: as many of the user's dashboards are looked at, in pages of 200. */
const LOOKED_AT = 2_000;
/** Id of JupyterLab's panel of running sessions. */
const SESSIONS_ID = 'jp-running-sessions';

/** The user's dashboards that have a server, in the panel of running sessions. */
export const runningPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyterhub-dashboards:running',
  description: 'Lists running dashboards among the running terminals and kernels.',
  autoStart: true,
  requires: [IDashboards, IRunningSessionManagers],
  optional: [ITranslator],
  activate: (
    { commands, restored, shell }: JupyterFrontEnd,
    dashboards: IDashboards,
    managers: IRunningSessionManagers,
    translator: ITranslator | null
  ) => {
    const trans = (translator ?? nullTranslator).load(TRANSLATION_DOMAIN);
    const mine = dashboards.createList('mine', { atLeast: LOOKED_AT });
    const changed = new Signal<unknown, void>({});
    mine.changed.connect(() => changed.emit());
    const running = () => mine.items.filter(hasServer);
    const stop = ({ id }: Dashboard, args: StopArguments = {}) =>
      void commands.execute(COMMANDS.stopDashboard, { ...args, id });

    managers.add({
      name: trans.__('Dashboards'),
      running: () =>
        running().map((dashboard): IRunningSessions.IRunningItem => {
          const { id, name, link } = dashboard;
          return {
            icon: () => dashboardIcon,
            label: () => name,
            labelTitle: () => link,
            detail: () => stateLabel(dashboard, trans),
            open: () => void commands.execute(COMMANDS.openDashboard, { id }),
            shutdown: () => stop(dashboard)
          };
        }),
      // Called once the person has said yes to the text below.
      shutdownAll: () => running().forEach(dashboard => stop(dashboard, { confirmed: true })),
      refreshRunning: () => {
        void dashboards.access().then(
          access => access.kind === 'ready' && void mine.refresh(),
          // Nothing runs that is known of; the panel of dashboards says why.
          () => undefined
        );
      },
      runningChanged: changed,
      shutdownLabel: trans.__('Stop'),
      shutdownAllLabel: trans.__('Stop All'),
      shutdownAllConfirmationText: trans.__(
        'Stop all of your dashboards? Visitors see that they are stopped until you start them again.'
      )
    });
    dashboards.buildEnded.connect(() => void mine.refresh());

    // JupyterLab asks for a refresh when its button is clicked, and at no other time. What is watched is read, too.
    let watching: IDisposable | null = null;
    const follow = (isVisible: boolean) => {
      if (isVisible) {
        watching ??= dashboards.watch();
        if (dashboards.status === 'live' && !mine.isRead) {
          void mine.refresh();
        }
      } else {
        watching?.dispose();
        watching = null;
      }
    };
    void restored.then(() => {
      const sessions = [...shell.widgets('left'), ...shell.widgets('right')].find(({ id }) => id === SESSIONS_ID);
      if (sessions) {
        MessageLoop.installMessageHook(sessions, () => {
          // The widget itself has not heard of it yet.
          queueMicrotask(() => follow(sessions.isVisible));
          return true;
        });
        follow(sessions.isVisible);
      }
    });
  }
};

/** Whether a dashboard takes up a server now. */
function hasServer({ state }: Dashboard): boolean {
  return state === 'running' || state === 'starting' || state === 'building';
}
