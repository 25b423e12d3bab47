import { appFailed } from './app-failed';

const fixOf = (summary: string) => appFailed('streamlit', { summary, detail: '' }, '/env/bin/python').problem.fix;

describe('an app that failed', () => {
  it('wants its folder where it misses a module or a file that may be in it', () => {
    expect(fixOf("ModuleNotFoundError: No module named 'helpers'")).toBe(
      'Install it in a terminal with: /env/bin/python -m pip install helpers – or, if it is a file of your own, publish the whole folder that it is in.'
    );
    expect(fixOf("FileNotFoundError: [Errno 2] No such file or directory: 'data.csv'")).toBe(
      'Correct the app and publish again. If it is a file of your own, publish the whole folder that it is in.'
    );
  });

  it('is to be corrected otherwise', () => {
    expect(fixOf('ZeroDivisionError: division by zero')).toBe('Correct the app and publish again.');
  });
});
