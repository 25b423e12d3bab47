import { wasInterrupted } from '../setup/command.mjs';
import { explain } from '../setup/failure.mjs';
import { seconds } from '../setup/progress.mjs';

/**
 * Runs suites one after another and adds their results up.
 *
 * @param {import('./suites.mjs').Suite[]} suites
 * @param {import('../setup/index.mjs').Installation} installation
 * @returns {Promise<{ passed: number, failed: number }>}
 */
export async function runSuites(suites, installation) {
  const results = [];
  for (const suite of suites) {
    process.stdout.write(`\n${suite.name}: ${suite.title}\n`);
    const begin = performance.now();
    const result = await resultOf(suite, installation);
    if (wasInterrupted()) {
      // What did not run has not passed.
      results.push({ name: suite.name, passed: 0, failed: 1, time: 'interrupted' });
      break;
    }
    results.push({ name: suite.name, ...result, time: seconds(performance.now() - begin) });
  }
  process.stdout.write('\n');
  for (const { name, passed, failed, leftOut, time } of results) {
    const mark = failed > 0 ? '✗' : leftOut ? '–' : '✓';
    const counts = leftOut ? 'left out' : `${passed} passed, ${failed} failed`;
    process.stdout.write(`  ${mark} ${name}: ${counts} (${time})\n`);
  }
  process.stdout.write('\n');
  return { passed: sum(results, 'passed'), failed: sum(results, 'failed') };
}

/** A suite that ran nothing or that skipped something has failed, unless it says what this machine lacks for it. */
async function resultOf(suite, installation) {
  try {
    const { passed, failed, skipped = 0, code = 0, leftOut } = await suite.run(installation);
    if (leftOut) {
      process.stdout.write(explain(leftOut));
      return { passed, failed, leftOut };
    }
    if (skipped > 0) {
      process.stdout.write(`  ✗ ${skipped} skipped: tests are to run or not to be there.\n`);
    }
    if (passed + failed === 0) {
      process.stdout.write('  ✗ It ran no test.\n');
    }
    const unexplained = failed + skipped === 0 && (code !== 0 || passed === 0) ? 1 : 0;
    return { passed, failed: failed + skipped + unexplained };
  } catch (error) {
    process.stdout.write(explain(error));
    return { passed: 0, failed: 1 };
  }
}

function sum(results, key) {
  return results.reduce((total, result) => total + result[key], 0);
}
