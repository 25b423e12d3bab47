import { PROGRESS_SCRIPT } from './progress-script';
import { STYLES } from './styles';

/** Files at `_dashboards/assets/`. Looked up by their exact name; nothing is read from disk. */
export const ASSETS: ReadonlyMap<string, { type: string; content: string }> = new Map([
  ['pages.css', { type: 'text/css; charset=utf-8', content: STYLES }],
  ['progress.js', { type: 'text/javascript; charset=utf-8', content: PROGRESS_SCRIPT }]
]);
