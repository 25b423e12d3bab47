// `npm run screenshots`: takes the pictures of the documentation from the product itself.
import { join } from 'node:path';

import { execute } from './setup/command.mjs';
import { Failure, explain } from './setup/failure.mjs';
import { setUp, testVariables } from './setup/index.mjs';
import { ROOT } from './setup/paths.mjs';
import { chromium } from './test/chromium.mjs';

try {
  const installation = await setUp();
  const command = [installation.node, join(ROOT, 'node_modules/@playwright/test/cli.js'), 'test'];
  const { code, path } = await execute([...command, '--config=screenshots.config.ts'], {
    log: 'screenshots',
    cwd: join(ROOT, 'ui-tests'),
    echo: true,
    env: { ...testVariables(installation), DASHBOARDS_CHROMIUM: await chromium() }
  });
  if (code !== 0) {
    throw new Failure('Not all pictures could be taken.', { log: path });
  }
} catch (error) {
  process.stderr.write(explain(error));
  process.exitCode = 1;
}
