// `npm test`: sets up as `npm start` does, runs the suites one after another, and ends with `N passed, N failed`.
// `npm test -- server glue` runs some of them; those of the slow tier run only so.
import { interruptCommands } from './setup/command.mjs';
import { Failure, explain } from './setup/failure.mjs';
import { setUp } from './setup/index.mjs';
import { SUITES } from './test/suites.mjs';
import { runSuites } from './test/run-suites.mjs';

// Ctrl-C reaches the test runners by themselves.
for (const signal of ['SIGTERM', 'SIGHUP', 'disconnect']) {
  process.on(signal, interruptCommands);
}
// Listening for the end of the process that has started this one is no reason to go on living.
process.channel?.unref();

try {
  const names = process.argv.slice(2);
  const unknown = names.filter(name => !SUITES.some(suite => suite.name === name));
  if (unknown.length > 0) {
    throw new Failure(`There is no suite ${unknown.join(', ')}.`, {
      fix: `There are: ${SUITES.map(({ name }) => name).join(', ')}.`
    });
  }
  const chosen = SUITES.filter(({ name, byName }) => (names.length === 0 ? !byName : names.includes(name)));
  const installation = await setUp({ test: true });
  const { passed, failed } = await runSuites(chosen, installation);
  process.stdout.write(`${passed} passed, ${failed} failed\n`);
  process.exitCode = failed === 0 ? 0 : 1;
} catch (error) {
  process.stderr.write(explain(error));
  process.stdout.write('0 passed, 1 failed\n');
  process.exitCode = 1;
}
