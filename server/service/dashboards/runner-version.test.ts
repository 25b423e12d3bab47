import { isOutdated, OLDEST_RUNNER, runnerOutdated } from './runner-version';

describe('the version of a runner', () => {
  it.each([
    ['0.1.0', '0.1.0', false],
    ['0.1.1', '0.1.0', false],
    ['1.0.0', '0.9.9', false],
    ['0.1.0', '0.1.1', true],
    ['0.9.9', '1.0.0', true],
    ['0.10.0', '0.9.0', false],
    ['1.2.0-beta.1', '1.3.0', true],
    ['unknown', '1.0.0', false],
    ['', '1.0.0', false],
    [undefined, '1.0.0', false]
  ])('%s where %s is the least: too old %s', (runner, oldest, expected) => {
    expect(isOutdated(runner, oldest)).toBe(expected);
  });

  it('is said in a sentence with what to do', () => {
    expect(isOutdated('0.0.9', OLDEST_RUNNER)).toBe(true);
    expect(runnerOutdated('0.0.9')).toMatchObject({
      code: 'runner_outdated',
      message: expect.stringContaining('version 0.0.9, too old') as string,
      fix: expect.stringContaining('pip install --upgrade') as string
    });
  });
});
