import { accessSync, constants } from 'node:fs';

/** Python with the frameworks, for tests with real ones. */
export function userPython(): string {
  const python = process.env.DASHBOARDS_USER_PYTHON;
  if (!python) {
    throw new Error('Set DASHBOARDS_USER_PYTHON to a Python that has voila, streamlit, dash, panel and bokeh.');
  }
  accessSync(python, constants.X_OK);
  return python;
}
