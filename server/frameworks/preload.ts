import type { FrameworkId } from '../contract';

/**
 * Python modules that apps of a framework import before anything of their author's, and that take most of a start. They
 * can be imported while it is still being found out what is to run. A file of their own: nothing heavy is imported here.
 */
export const PRELOAD: Readonly<Record<FrameworkId, readonly string[]>> = {
  voila: ['voila.app'],
  streamlit: ['streamlit.web.cli'],
  dash: ['dash', 'flask', 'werkzeug.serving'],
  panel: ['panel', 'panel.command', 'bokeh.command.subcommands.serve'],
  bokeh: ['bokeh.command.subcommands.serve'],
  static: [],
  command: []
};
