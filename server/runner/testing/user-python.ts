import { accessSync, constants } from 'node:fs';

/** Python with voila and streamlit for tests with real frameworks. */
export function userPython(): string {
  const python = process.env.DASHBOARDS_USER_PYTHON;
  if (!python) {
    throw new Error('Set DASHBOARDS_USER_PYTHON to a Python that has voila and streamlit.');
  }
  accessSync(python, constants.X_OK);
  return python;
}
