import { ASSET_CACHING, assetName } from '../../../../pages/asset-name';
import { PAGE_STYLE } from '../../../../pages/style';
import type { App } from '../../app';
import { GALLERY_SCRIPT } from './gallery-script';
import { SERVICE_STYLE } from './service-style';
import { STARTING_SCRIPT } from './starting-script';
import { SWITCH_SCRIPT } from './switch-script';

const STYLE = 'text/css; charset=utf-8';
const SCRIPT = 'text/javascript; charset=utf-8';
const FILES = {
  pages: { extension: 'css', type: STYLE, content: PAGE_STYLE + SERVICE_STYLE },
  gallery: { extension: 'js', type: SCRIPT, content: GALLERY_SCRIPT },
  starting: { extension: 'js', type: SCRIPT, content: STARTING_SCRIPT },
  switch: { extension: 'js', type: SCRIPT, content: SWITCH_SCRIPT }
} as const;
export type AssetName = keyof typeof FILES;

const NAMES = Object.fromEntries(
  Object.entries(FILES).map(([name, { extension, content }]) => [name, `assets/${assetName(name, extension, content)}`])
) as Record<AssetName, string>;

/** Path of a file under the service's prefix. Another content has another path. */
export function assetPath(name: AssetName): string {
  return NAMES[name];
}

/** Style and scripts of the pages: files, because the pages allow neither inline. */
export function assetRoutes(app: App): void {
  for (const [name, { type, content }] of Object.entries(FILES)) {
    app.get(`/${assetPath(name as AssetName)}`, { schema: { hide: true } }, async (_request, reply) =>
      reply
        .headers({
          'cache-control': ASSET_CACHING,
          'cross-origin-resource-policy': 'same-origin',
          'x-content-type-options': 'nosniff'
        })
        .type(type)
        .send(content)
    );
  }
}
