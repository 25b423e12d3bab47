import { LabIcon } from '@jupyterlab/ui-components';

// Paths are as seen from `lib/src`, where the bundler finds the compiled file.
import dashboardSvg from '../../style/icons/dashboard.svg';
import publishSvg from '../../style/icons/publish.svg';

export const dashboardIcon = new LabIcon({ name: 'jupyterhub-dashboards:dashboard', svgstr: dashboardSvg });
export const publishIcon = new LabIcon({ name: 'jupyterhub-dashboards:publish', svgstr: publishSvg });
