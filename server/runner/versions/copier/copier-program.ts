import path from 'node:path';

/** The bundle that the copier's thread runs, beside the runner's own. */
export function copierProgram(): string | URL {
  return path.join(__dirname, 'copier.js');
}
