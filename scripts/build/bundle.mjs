// Bundles the programs into the folder that is named on the command line.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { build } from 'esbuild';

import { ROOT } from '../setup/paths.mjs';
import { PROGRAMS } from './bundles.mjs';
import { licences } from './licences.mjs';

const [folder] = process.argv.slice(2);

// esbuild says itself what is wrong, and where.
const built = await build({
  absWorkingDir: ROOT,
  entryPoints: PROGRAMS,
  outdir: folder,
  bundle: true,
  platform: 'node',
  target: 'node22',
  format: 'cjs',
  minifySyntax: true,
  minifyWhitespace: true,
  keepNames: true,
  legalComments: 'none',
  metafile: true,
  logLevel: 'warning'
}).catch(() => null);
if (built) {
  writeFileSync(join(folder, 'THIRD-PARTY-LICENSES.txt'), licences(Object.keys(built.metafile.inputs)));
} else {
  process.exitCode = 1;
}
