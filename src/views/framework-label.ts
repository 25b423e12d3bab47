import type { TranslationBundle } from '@jupyterlab/translation';

import type { FrameworkId } from '../../server/contract';
import { frameworkOf } from '../../server/frameworks';

/** What a dashboard is made with. Products are called the same in every language. */
export function frameworkLabel(framework: FrameworkId, trans: TranslationBundle): string {
  switch (framework) {
    case 'static':
      return trans.__('Static HTML');
    case 'command':
      return trans.__('Command');
    default:
      return frameworkOf(framework).title;
  }
}
