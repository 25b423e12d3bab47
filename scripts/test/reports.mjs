import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { WORK } from '../setup/paths.mjs';

const REPORTS = join(WORK, 'reports');

/** Where a test runner writes its report: a file that is not there yet. */
export function reportPath(name) {
  mkdirSync(REPORTS, { recursive: true });
  const path = join(REPORTS, name);
  rmSync(path, { force: true });
  return path;
}
