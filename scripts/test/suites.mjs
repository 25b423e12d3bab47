import { join } from 'node:path';

import { execute } from '../setup/command.mjs';
import { testVariables } from '../setup/index.mjs';
import { systemProgram } from './debian.mjs';
import { CHOICES, endToEnd, longInBrowsers, ON_A_HUB, ON_KUBERNETES } from './end-to-end.mjs';
import { asItComes, onKubernetes } from './kubernetes.mjs';
import { ALL, jest, pytest } from './runners.mjs';

/**
 * @typedef {object} Suite
 * @property {string} name as in `npm test -- <name>`
 * @property {string} title
 * @property {boolean} [byName] runs only where it is named: the slow tier
 * @property {(installation: import('../setup/index.mjs').Installation) => Promise<import('./runners.mjs').Result>} run
 */

const HUB_6 = { hub: 'hub', user: 'user' };
const HUB_5 = { hub: 'hub5', user: 'user5' };
const PROJECTS = ['tsconfig.test.json', 'server/tsconfig.json', 'ui-tests/tsconfig.json'];

/** @type {Suite[]} */
export const SUITES = [
  { name: 'types', title: 'TypeScript compiles', run: types },
  { name: 'server', title: 'contract, service and runner', run: server },
  { name: 'lab', title: 'JupyterLab extension', run: lab },
  { name: 'glue', title: 'what JupyterHub and Jupyter Server load', run: glue },
  { name: 'hub6', title: 'end to end on JupyterHub 6, from the wheel in clean environments', run: hub6 },
  { name: 'hub5', title: 'the same on JupyterHub 5, as far as the Hub has a part in it', run: hub5 },
  { name: 'as-it-comes', title: 'Zero to JupyterHub as it comes, on a real Kubernetes', run: asItComes },
  { name: 'hub5-rest', title: 'and the rest on JupyterHub 5', run: hub5Rest, byName: true },
  {
    name: 'gapless-long',
    title: 'people in browsers across ten updates and five roll backs',
    run: gaplessLong,
    byName: true
  },
  { name: 'kubernetes', title: 'all on a real Kubernetes of this machine', run: onKubernetes, byName: true }
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

async function server(installation) {
  for (const name of ['rsync', 'openssl', 'sshd']) {
    await systemProgram(name);
  }
  const env = testVariables(installation);
  return jest('server', {
    name: 'server',
    node: installation.node,
    env,
    without: `${ON_A_HUB}|${ON_KUBERNETES}`,
    workers: ALL
  });
}

function lab(installation) {
  return jest('lab', { name: 'lab', node: installation.node, env: testVariables(installation) });
}

function glue(installation) {
  const python = join(installation.tests.glue, 'bin', 'python');
  return pytest({ name: 'glue', python, env: testVariables(installation) });
}

function hub6(installation) {
  return endToEnd('hub6', HUB_6, installation);
}

function hub5(installation) {
  return endToEnd('hub5', HUB_5, installation, CHOICES.aboutTheHub);
}

function hub5Rest(installation) {
  return endToEnd('hub5-rest', HUB_5, installation, CHOICES.rest);
}

function gaplessLong(installation) {
  return longInBrowsers('gapless-long', HUB_6, installation);
}
