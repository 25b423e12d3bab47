import { join } from 'node:path';

import { buildSync } from 'esbuild';

const MAIN = {
  copier: '../versions/copier/main.ts',
  hasher: '../versions/copier/hasher.ts',
  'files-watcher': '../storage/live/files-watcher.ts',
  receiver: '../storage/relay/main.ts',
  verifier: '../versions/verifier/main.ts'
};
const programs = new Map<string, URL>();

/** In the place of `runner/thread-program` in tests: bundled from the source, when it is first needed. */
export function threadProgram(name: keyof typeof MAIN): URL {
  const known = programs.get(name);
  if (known) {
    return known;
  }
  const program = new URL(`data:text/javascript;base64,${bundled(join(__dirname, MAIN[name]))}`);
  programs.set(name, program);
  return program;
}

function bundled(main: string): string {
  const { outputFiles } = buildSync({
    entryPoints: [main],
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node22',
    write: false,
    logLevel: 'error'
  });
  return Buffer.from(outputFiles[0]?.contents ?? []).toString('base64');
}
