// Bundles the programs into the folder that is named on the command line.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { build } from 'esbuild';

import { ROOT } from '../setup/paths.mjs';
import { PROGRAMS } from './bundles.mjs';
import { licences } from './licences.mjs';

const [folder] = process.argv.slice(2);

const { metafile } = await build({
  absWorkingDir: ROOT,
  entryPoints: Object.fromEntries(Object.entries(PROGRAMS).map(([name, entry]) => [name, entry])),
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
});
writeFileSync(join(folder, 'THIRD-PARTY-LICENSES.txt'), licences(Object.keys(metafile.inputs)));
