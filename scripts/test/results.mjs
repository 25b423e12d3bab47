import { existsSync, readFileSync } from 'node:fs';

import { Failure } from '../setup/failure.mjs';

/** Counts of a report that jest has written with --json. A file that cannot be loaded is one failed test. */
export function jestResult(path) {
  const report = JSON.parse(read(path, 'jest'));
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + report.numRuntimeErrorTestSuites,
    skipped: report.numPendingTests + report.numTodoTests
  };
}

/** Counts of a report that pytest has written with --junitxml. */
export function pytestResult(path) {
  const head = /<testsuite [^>]*>/.exec(read(path, 'pytest'))?.[0] ?? '';
  const count = name => Number(new RegExp(` ${name}="(\\d+)"`).exec(head)?.[1] ?? 0);
  const failed = count('failures') + count('errors');
  return { passed: count('tests') - failed - count('skipped'), failed, skipped: count('skipped') };
}

/** Counts of a report that Playwright has written with --reporter=json. A test that passed on a retry only has failed. */
export function playwrightResult(path) {
  const { stats, errors } = JSON.parse(read(path, 'Playwright'));
  return {
    passed: stats.expected,
    failed: stats.unexpected + stats.flaky + (stats.unexpected === 0 ? errors.length : 0),
    skipped: stats.skipped
  };
}

function read(path, runner) {
  if (!existsSync(path)) {
    throw new Failure(`${runner} ended without a report.`, { fix: 'Its output above says why.' });
  }
  return readFileSync(path, 'utf8');
}
