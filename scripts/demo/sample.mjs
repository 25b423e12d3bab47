import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { ROOT } from '../setup/paths.mjs';

/** The notebook that the demonstration publishes, and what its kernel computes. */
export const SAMPLE = {
  name: 'Quarterly sales',
  folder: 'quarterly-sales',
  entry: 'quarterly-sales.ipynb',
  /** This year's revenue in thousands; the page shows it grown by the slider's value in percent. */
  revenue: 1_000
};
const FOLDERS = [SAMPLE.folder, 'streamlit-sales'];
const EDITION = 'sample edition';

/** Gives a user the sample folders, as files that they can change. Folders that they have already stay as they are. */
export function giveSamples(data, user) {
  const home = join(data, 'home', user);
  mkdirSync(home, { recursive: true });
  for (const folder of FOLDERS) {
    cpSync(join(ROOT, 'examples', folder), join(home, folder), { recursive: true, force: false });
  }
  return home;
}

/** Writes `marker` into a user's copy of the sample notebook: its pages show it. */
export function markSample(data, user, marker) {
  const path = join(data, 'home', user, SAMPLE.folder, SAMPLE.entry);
  writeFileSync(path, readFileSync(path, 'utf8').replace(EDITION, marker));
}

/** What the notebook's result says for a value of its slider. */
export function expectedResult(marker, growth) {
  const planned = Math.round((SAMPLE.revenue * (100 + growth)) / 100).toLocaleString('en-US');
  return `${marker}: ${growth} % growth makes ${planned} k€`;
}
