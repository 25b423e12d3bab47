import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { execute } from '../setup/command.mjs';
import { testVariables } from '../setup/index.mjs';
import { ROOT, WORK } from '../setup/paths.mjs';
import { chromium } from './chromium.mjs';
import { jestResult, playwrightResult, pytestResult } from './results.mjs';

/**
 * @typedef {object} Suite
 * @property {string} name as in `npm test -- <name>`
 * @property {string} title
 * @property {(installation: import('../setup/index.mjs').Installation) => Promise<Result>} run
 *
 * @typedef {{ passed: number, failed: number, skipped?: number, code?: number }} Result
 */

const REPORTS = join(WORK, 'reports');
const PROJECTS = ['tsconfig.test.json', 'server/tsconfig.json', 'ui-tests/tsconfig.json'];

/** @type {Suite[]} */
export const SUITES = [
  { name: 'types', title: 'TypeScript compiles', run: types },
  { name: 'server', title: 'contract, service and runner', run: installation => jest('server', installation) },
  { name: 'lab', title: 'JupyterLab extension', run: installation => jest('lab', installation) },
  { name: 'glue', title: 'what JupyterHub and Jupyter Server load', run: glue },
  { name: 'ui', title: 'the whole path in Chromium', run: ui }
];

async function types({ node }) {
  let failed = 0;
  for (const project of PROJECTS) {
    const command = [node, 'node_modules/typescript/bin/tsc', '--noEmit', '-p', project];
    const { code } = await execute(command, { log: 'test-types', echo: true });
    process.stdout.write(`  ${code === 0 ? '✓' : '✗'} ${project}\n`);
    failed += code === 0 ? 0 : 1;
  }
  return { passed: PROJECTS.length - failed, failed };
}

async function jest(name, installation) {
  const report = reportPath(`${name}.json`);
  const folder = name === 'lab' ? ROOT : join(ROOT, name);
  const program = join(ROOT, 'node_modules/jest/bin/jest.js');
  const options = ['--ci', '--json', `--outputFile=${report}`, '--rootDir', folder];
  const { code } = await execute([installation.node, '--experimental-vm-modules', program, ...options], {
    log: `test-${name}`,
    cwd: folder,
    echo: 'stderr',
    env: { ...testVariables(installation), NODE_OPTIONS: '--disable-warning=ExperimentalWarning' }
  });
  return { ...jestResult(report), code };
}

async function glue(installation) {
  const report = reportPath('glue.xml');
  const command = [join(installation.test, 'bin', 'python'), '-m', 'pytest', '-q', `--junitxml=${report}`];
  const { code } = await execute(command, { log: 'test-glue', echo: true, env: testVariables(installation) });
  return { ...pytestResult(report), code };
}

async function ui(installation) {
  const report = reportPath('ui.json');
  const command = [installation.node, join(ROOT, 'node_modules/@playwright/test/cli.js'), 'test'];
  const { code } = await execute([...command, '--reporter=list,json'], {
    log: 'test-ui',
    cwd: join(ROOT, 'ui-tests'),
    echo: true,
    env: {
      ...testVariables(installation),
      DASHBOARDS_CHROMIUM: await chromium(),
      PLAYWRIGHT_JSON_OUTPUT_NAME: report
    }
  });
  return { ...playwrightResult(report), code };
}

function reportPath(name) {
  mkdirSync(REPORTS, { recursive: true });
  const path = join(REPORTS, name);
  rmSync(path, { force: true });
  return path;
}
