import { streamlit } from './streamlit';
import { voila } from './voila';

describe('an error in the log', () => {
  it('of a notebook is the failing cell with what it raised', () => {
    const failure = voila.failure([
      '[Voila] Kernel started: 1',
      "[Voila] ERROR | Error at server while executing cell: {'cell_type': 'code'}",
      'Traceback (most recent call last):',
      '  File "/site-packages/voila/notebook_renderer.py", line 283, in _jinja_cell_generator',
      'nbclient.exceptions.CellExecutionError: An error occurred while executing the following cell:',
      '------------------',
      '1/0',
      '------------------',
      '\u001b[31mZeroDivisionError\u001b[39m                 Traceback (most recent call last)',
      '\u001b[31mZeroDivisionError\u001b[39m: division by zero',
      '[Voila] Kernel shutdown: 1'
    ]);
    expect(failure?.summary).toBe('ZeroDivisionError: division by zero');
    expect(failure?.detail).toContain('------------------\n1/0\n------------------');
    expect(failure?.detail).not.toMatch(/notebook_renderer|\u001b|shutdown/);
  });

  it('of a script leaves out the frames of Streamlit', () => {
    const failure = streamlit.failure([
      '2026-11-21 12:11:56.700 Uncaught app execution',
      'Traceback (most recent call last):',
      '  File "/x/site-packages/streamlit/runtime/scriptrunner/exec_code.py", line 136, in f',
      '    result = func()',
      '  File "/home/alice/st.py", line 3, in <module>',
      '    st.write(1/0)',
      'ZeroDivisionError: division by zero',
      '2026-11-21 12:12:00.000 another line'
    ]);
    expect(failure).toEqual({
      summary: 'ZeroDivisionError: division by zero',
      detail: [
        'Traceback (most recent call last):',
        '  File "/home/alice/st.py", line 3, in <module>',
        '    st.write(1/0)',
        'ZeroDivisionError: division by zero'
      ].join('\n')
    });
  });

  it('is not seen where an app logs a traceback that it has handled', () => {
    const handled = ['Traceback (most recent call last):', '  File "a.py", line 1', 'ValueError: x'];
    expect(streamlit.failure(handled)).toBeNull();
    expect(voila.failure(handled)).toBeNull();
  });
});
