import type { FrameworkId } from '../contract';

import { bokeh } from './bokeh';
import { command } from './command';
import { dash } from './dash';
import type { Framework } from './framework';
import { panel } from './panel';
import { staticFiles } from './static';
import { streamlit } from './streamlit';
import { voila } from './voila';

/** Every framework, in the order in which they are asked: those with the more special marks first. */
export const FRAMEWORKS: readonly Framework[] = [panel, voila, streamlit, dash, bokeh, staticFiles, command];

/** The framework with this id. */
export function frameworkOf(id: FrameworkId): Framework {
  const found = FRAMEWORKS.find(framework => framework.id === id);
  if (!found) {
    throw new RangeError(`no framework ${id}`);
  }
  return found;
}
