import { managerPlugin } from './plugins/manager';
import { notificationsPlugin } from './plugins/notifications';
import { panelPlugin } from './plugins/panel';
import { publishPlugin } from './plugins/publish';

export { IDashboards } from './tokens';

/** Everything this extension adds to JupyterLab, one concern per plugin. */
export default [managerPlugin, publishPlugin, panelPlugin, notificationsPlugin];
