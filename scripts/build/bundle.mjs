// Bundles the programs into the folder that is named on the command line.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { build } from 'esbuild';

import { ROOT } from '../setup/paths.mjs';
import { PROGRAMS } from './bundles.mjs';
import { licences } from './licences.mjs';

/**
 * Every dashboard starts a program of these, so that what it would load and never use is left out: the WebSockets that ws
 * opens are neither encrypted nor compressed.
 */
const slim = {
  name: 'slim',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^(?:https|tls|zlib)$/ }, ({ path, importer }) =>
      /[\\/]node_modules[\\/]ws[\\/]/.test(importer) ? { path, namespace: 'left-out' } : undefined
    );
    onLoad({ filter: /./, namespace: 'left-out' }, () => ({ contents: '' }));
  }
};

/** The runner's beginning is a file of its own: it has an app started before the rest, thirty times as long, is read. */
const rest = {
  name: 'rest',
  setup({ onResolve }) {
    onResolve({ filter: /^\.\/runner$/ }, ({ kind }) =>
      kind === 'dynamic-import' ? { path: './runner-rest.js', external: true } : undefined
    );
  }
};

/** Likewise the way to a Kubernetes API, three times as long as the rest of the service, which few hubs use. */
const kubernetes = {
  name: 'kubernetes',
  setup({ onResolve }) {
    onResolve({ filter: /\/cluster\/connection$/ }, ({ kind }) =>
      kind === 'dynamic-import' ? { path: './kubernetes.js', external: true } : undefined
    );
  }
};

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
  legalComments: 'none',
  metafile: true,
  plugins: [slim, rest, kubernetes],
  // What is loaded later is required as well: importing would go through more of Node.
  supported: { 'dynamic-import': false },
  logLevel: 'warning'
}).catch(() => null);
if (built) {
  writeFileSync(join(folder, 'THIRD-PARTY-LICENSES.txt'), licences(Object.keys(built.metafile.inputs)));
} else {
  process.exitCode = 1;
}
