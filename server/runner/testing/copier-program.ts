import { join } from 'node:path';

import { buildSync } from 'esbuild';

let program: URL | undefined;

/** In the place of `versions/copier/copier-program` in tests: bundled from the source, when it is first needed. */
export function copierProgram(): URL {
  program ??= new URL(`data:text/javascript;base64,${bundled()}`);
  return program;
}

function bundled(): string {
  const { outputFiles } = buildSync({
    entryPoints: [join(__dirname, '../versions/copier/main.ts')],
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node22',
    write: false,
    logLevel: 'error'
  });
  return Buffer.from(outputFiles[0]?.contents ?? []).toString('base64');
}
