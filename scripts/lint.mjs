// `npm run lint`: everything that only reads. Warnings are errors. `npm run format` mends what can be mended.
import { join } from 'node:path';

import { execute, tail } from './setup/command.mjs';
import { environment } from './setup/environments.mjs';
import { explain } from './setup/failure.mjs';
import { installNodeModules } from './setup/node-modules.mjs';
import { findPython } from './setup/python.mjs';
import { seconds } from './setup/progress.mjs';

const MEND = process.argv.includes('--fix');

try {
  await installNodeModules();
  const ruff = join(await environment('test', 'of the Python tests', findPython()), 'bin', 'ruff');
  const tools = [
    ['eslint', '.', '--max-warnings=0', ...(MEND ? ['--fix'] : [])],
    ['stylelint', 'style/**/*.css', '--max-warnings=0', ...(MEND ? ['--fix'] : [])],
    ['prettier', '.', '--log-level=warn', MEND ? '--write' : '--check'],
    [ruff, 'check', '.', ...(MEND ? ['--fix'] : [])],
    // Python in Markdown is laid out for the reader of the page.
    [ruff, 'format', '.', '--config=format.exclude=["*.md"]', ...(MEND ? [] : ['--check'])]
  ];
  for (const [program, ...options] of tools) {
    await check(program, options);
  }
} catch (error) {
  process.stderr.write(explain(error));
  process.exitCode = 1;
}

async function check(program, options) {
  const begin = performance.now();
  const path = program.includes('/') ? program : join('node_modules', '.bin', program);
  const name = [path.split('/').at(-1), ...options.filter(option => option === 'check' || option === 'format')].join(
    ' '
  );
  const { code, path: log } = await execute([path, ...options], { log: `lint-${name.replace(' ', '-')}` });
  process.stdout.write(`  ${code === 0 ? '✓' : '✗'} ${name} (${seconds(performance.now() - begin)})\n`);
  if (code !== 0) {
    process.stdout.write(`${tail(log, 100)}\n`);
    process.exitCode = 1;
  }
}
