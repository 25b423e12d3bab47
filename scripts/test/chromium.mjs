import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

import { run } from '../setup/command.mjs';
import { Failure } from '../setup/failure.mjs';
import { step } from '../setup/progress.mjs';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome'];

/** The path of a Chromium, after installing Debian's where there is none and this is root. */
export async function chromium() {
  const found = process.env.DASHBOARDS_CHROMIUM || find();
  if (found) {
    return found;
  }
  if (process.getuid?.() !== 0 || !inPath('apt-get')) {
    throw new Failure('The browser tests need Chromium, and there is none.', {
      fix: 'Install it (Debian: sudo apt-get install --no-install-recommends chromium), or name one: DASHBOARDS_CHROMIUM=/path.'
    });
  }
  await step("Debian's Chromium, which is not installed yet", async () => {
    const fix = 'Install it by hand: apt-get install --no-install-recommends chromium';
    const env = { DEBIAN_FRONTEND: 'noninteractive' };
    await run(['apt-get', 'update'], { log: 'apt-update', what: 'Reading the list of Debian packages', fix, env });
    const install = ['apt-get', 'install', '--yes', '--no-install-recommends', 'chromium', 'fonts-dejavu-core'];
    await run(install, { log: 'apt-install', what: 'Installing Chromium', fix, env });
  });
  return find();
}

function find() {
  return NAMES.map(inPath).find(path => path !== null) ?? null;
}

function inPath(name) {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    const path = join(folder, name);
    try {
      accessSync(path, constants.X_OK);
      return path;
    } catch {
      // Not here; the next folder may have it.
    }
  }
  return null;
}
