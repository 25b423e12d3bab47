import { join } from 'node:path';

import { execute } from '../setup/command.mjs';
import { ROOT } from '../setup/paths.mjs';
import { chromium } from './chromium.mjs';
import { reportPath } from './reports.mjs';
import { jestResult, playwrightResult, pytestResult } from './results.mjs';

/**
 * @typedef {object} Run
 * @property {string} name of log and report
 * @property {string} node
 * @property {Record<string, string>} env
 * @property {string[]} [files] regular expressions for the tests' paths; all of them if left out
 * @property {string} [without] regular expression for paths of tests to leave out
 * @property {string} [workers] how many files are run side by side; jest's own number if left out
 *
 * @typedef {object} Result
 * @property {number} passed
 * @property {number} failed
 * @property {number} [skipped]
 * @property {number} [code] of the runner's process
 * @property {import('../setup/failure.mjs').Lacking} [leftOut] why this machine cannot run the suite
 */

/** As many files side by side as there are processors: most of the time, tests wait for something. */
export const ALL = '100%';

/**
 * @param {'lab' | 'server'} project
 * @param {Run} run
 * @returns {Promise<Result>}
 */
export async function jest(project, { name, node, env, files = [], without, workers }) {
  const report = reportPath(`${name}.json`);
  const folder = project === 'lab' ? ROOT : join(ROOT, project);
  const program = join(ROOT, 'node_modules/jest/bin/jest.js');
  const options = ['--ci', '--json', `--outputFile=${report}`, '--rootDir', folder, ...files];
  if (without) {
    options.push('--testPathIgnorePatterns', without);
  }
  if (workers) {
    options.push(`--maxWorkers=${workers}`);
  }
  const { code } = await execute([node, '--experimental-vm-modules', program, ...options], {
    log: `test-${name}`,
    cwd: folder,
    echo: 'stderr',
    env: { ...env, NODE_OPTIONS: '--disable-warning=ExperimentalWarning' }
  });
  return { ...jestResult(report), code };
}

/**
 * @param {{ name: string, python: string, env: Record<string, string> }} run
 * @returns {Promise<Result>}
 */
export async function pytest({ name, python, env }) {
  const report = reportPath(`${name}.xml`);
  // Two files side by side: most of the time, they wait for a Hub.
  const sideBySide = ['--numprocesses=2', '--dist=loadfile'];
  const command = [python, '-m', 'pytest', '-q', ...sideBySide, `--junitxml=${report}`];
  const { code } = await execute(command, { log: `test-${name}`, echo: true, env });
  return { ...pytestResult(report), code };
}

/**
 * @param {Run} run
 * @returns {Promise<Result>}
 */
export async function playwright({ name, node, env, files = [] }) {
  const report = reportPath(`${name}.json`);
  const command = [node, join(ROOT, 'node_modules/@playwright/test/cli.js'), 'test', ...files];
  const { code } = await execute([...command, '--reporter=list,json'], {
    log: `test-${name}`,
    cwd: join(ROOT, 'ui-tests'),
    echo: true,
    env: { ...env, DASHBOARDS_CHROMIUM: await chromium(), PLAYWRIGHT_JSON_OUTPUT_NAME: report }
  });
  return { ...playwrightResult(report), code };
}
