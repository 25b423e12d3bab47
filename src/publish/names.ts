import type { TranslationBundle } from '@jupyterlab/translation';

import type { Cut } from '../../server/contract';
import { formatCount } from '../views/format';

/** As many names are shown of one sort. */
export const SHOWN = 20;

/** The first names, and how many more there are. */
export function names({ items, count }: Cut<string>, trans: TranslationBundle): string {
  const shown = items.slice(0, SHOWN);
  const more = count - shown.length;
  return more === 0 ? shown.join(', ') : trans.__('%1 and %2 more', shown.join(', '), formatCount(more));
}
