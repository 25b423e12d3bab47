import type { FrameworkId } from '../contract';

import { command } from './command';
import type { Framework } from './framework';
import { streamlit } from './streamlit';
import { voila } from './voila';

/** Every framework, those that recognise most surely first. */
export const FRAMEWORKS: readonly Framework[] = [voila, streamlit, command];

/** The framework with this id. */
export function frameworkOf(id: FrameworkId): Framework {
  const found = FRAMEWORKS.find(framework => framework.id === id);
  if (!found) {
    throw new RangeError(`no framework ${id}`);
  }
  return found;
}
