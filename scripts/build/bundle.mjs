// Bundles the programs into the folder that is named on the command line.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { build } from 'esbuild';

import { ROOT } from '../setup/paths.mjs';
import { KUBE_CONFIG, PROGRAMS } from './bundles.mjs';
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

/**
 * Of the client of Kubernetes only who asks, and whom, is read from files. Its own ways of asking and of signing in by
 * OpenID are left out: they are six times as large.
 */
const credentialsOnly = {
  name: 'credentials-only',
  setup({ onResolve, onLoad, resolve }) {
    onResolve({ filter: /^@kubernetes\/client-node$/ }, ({ path, ...from }) => resolve(`${path}/dist/config.js`, from));
    onResolve({ filter: /^(?:undici|openid-client|\.\/gen\/.*)$/ }, ({ path }) => ({ path, namespace: 'left-out' }));
    onLoad({ filter: /./, namespace: 'left-out' }, () => ({ contents: '' }));
  }
};

/**
 * What is a file of its own, loaded by others when they need it. The runner's beginning has an app started before the rest,
 * thirty times as long, is read; and of the services, few ask Kubernetes anything.
 */
const LATER = { './runner': './runner-rest.js', './kube-config': './kube-config.js' };

const later = {
  name: 'later',
  setup({ onResolve }) {
    onResolve({ filter: /^\.\// }, ({ path, kind }) =>
      kind === 'dynamic-import' && path in LATER ? { path: LATER[path], external: true } : undefined
    );
  }
};

const [folder] = process.argv.slice(2);

const options = {
  absWorkingDir: ROOT,
  outdir: folder,
  bundle: true,
  platform: 'node',
  target: 'node22',
  format: 'cjs',
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: 'none',
  metafile: true,
  // What is loaded later is required as well: importing would go through more of Node.
  supported: { 'dynamic-import': false },
  logLevel: 'warning'
};

// esbuild says itself what is wrong, and where.
const built = await Promise.all([
  build({ ...options, entryPoints: PROGRAMS, plugins: [slim, later] }),
  build({ ...options, entryPoints: KUBE_CONFIG, plugins: [credentialsOnly] })
]).catch(() => null);
if (built) {
  const inputs = built.flatMap(({ metafile }) =>
    Object.values(metafile.outputs).flatMap(one => Object.entries(one.inputs))
  );
  const bundled = inputs.filter(([, { bytesInOutput }]) => bytesInOutput > 0).map(([input]) => input);
  writeFileSync(join(folder, 'THIRD-PARTY-LICENSES.txt'), licences(bundled));
} else {
  process.exitCode = 1;
}
