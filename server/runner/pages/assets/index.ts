import { assetName } from '../../../pages/asset-name';
import { PAGE_STYLE } from '../../../pages/style';
import { PROGRESS_SCRIPT } from './progress-script';

/** Names of the files under `_dashboards/assets/`. */
export const STYLE_NAME = assetName('pages', 'css', PAGE_STYLE);
export const SCRIPT_NAME = assetName('progress', 'js', PROGRESS_SCRIPT);

/** The files. Looked up by their exact name; nothing is read from disk. */
export const ASSETS: ReadonlyMap<string, { type: string; content: string }> = new Map([
  [STYLE_NAME, { type: 'text/css; charset=utf-8', content: PAGE_STYLE }],
  [SCRIPT_NAME, { type: 'text/javascript; charset=utf-8', content: PROGRESS_SCRIPT }]
]);
