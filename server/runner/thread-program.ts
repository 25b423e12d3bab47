import path from 'node:path';

/** The bundle that a thread of the runner runs: it lies beside the runner's own. */
export function threadProgram(name: 'copier' | 'hasher' | 'files-watcher' | 'receiver' | 'verifier'): string | URL {
  return path.join(__dirname, `${name}.js`);
}
