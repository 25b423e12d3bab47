import { launcherPlugin } from './plugins/launcher';
import { logsPlugin } from './plugins/logs';
import { managerPlugin } from './plugins/manager';
import { notificationsPlugin } from './plugins/notifications';
import { panelPlugin } from './plugins/panel';
import { publishPlugin } from './plugins/publish';
import { runningPlugin } from './plugins/running';

export { IDashboards } from './tokens';

/** Everything this extension adds to JupyterLab, one concern per plugin. */
export default [
  managerPlugin,
  publishPlugin,
  panelPlugin,
  logsPlugin,
  notificationsPlugin,
  runningPlugin,
  launcherPlugin
];
