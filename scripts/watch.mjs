// `npm run watch`: builds again what a changed source belongs to, and puts it into the environments of this checkout.
// A running `npm start` shows a new Lab extension after reloading the page; service and runner after a restart.
import { watch } from 'node:fs';
import { join } from 'node:path';

import { explain } from './setup/failure.mjs';
import { setUp } from './setup/index.mjs';
import { ROOT } from './setup/paths.mjs';

const FOLDERS = ['src', 'style', 'schema', 'server', 'jupyterhub_dashboards'];
const BUILT = /(^|\/)(js|js\.partial|labextension|__pycache__|node_modules)(\/|$)/;
/** Editors write several files at once. */
const SETTLE_MS = 300;

let timer;
let building = Promise.resolve();

await build();
for (const folder of FOLDERS) {
  watch(join(ROOT, folder), { recursive: true }, (_, name) => {
    if (name !== null && !BUILT.test(name)) {
      clearTimeout(timer);
      timer = setTimeout(() => (building = building.then(build)), SETTLE_MS);
    }
  });
}

async function build() {
  try {
    await setUp();
    process.stdout.write('Watching; Ctrl-C ends it.\n');
  } catch (error) {
    process.stderr.write(explain(error));
  }
}
