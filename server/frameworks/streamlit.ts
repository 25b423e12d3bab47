import type { AppFailure, CommandInput, CommandLine, Framework, Recognition, SourceFile } from './framework';
import { exceptionLine, lastTraceback } from './log-text';
import { fileName, importLine } from './python-source';

const UNCAUGHT = 'Uncaught app execution';

/** Scripts that are run again, from top to bottom, on each interaction. */
export const streamlit: Framework = {
  id: 'streamlit',
  title: 'Streamlit',
  module: 'streamlit',
  distribution: 'streamlit',
  recognise,
  command,
  readyPath: '_stcore/health',
  failure
};

function recognise(file: SourceFile): Recognition | null {
  if (!file.path.toLowerCase().endsWith('.py')) {
    return null;
  }
  const line = importLine(file.text, 'streamlit');
  return line === null
    ? null
    : { reason: `${fileName(file.path)} imports streamlit (line ${line})`, confidence: 'certain' };
}

function command(input: CommandInput): CommandLine {
  const settings = {
    'server.address': input.host,
    'server.port': input.port,
    // It is compared with what browsers ask for once that is unescaped.
    'server.baseUrlPath': decodeURIComponent(input.prefix).replace(/^\/|\/$/g, ''),
    'server.headless': true,
    // Versions never change.
    'server.fileWatcherType': 'none',
    'server.runOnSave': false,
    // The runner in front has checked origin and viewer. Streamlit's own check compares with addresses of this machine,
    // which it asks the internet for, and refuses every public name; without it the XSRF cookie has no use.
    'server.enableCORS': false,
    'server.enableXsrfProtection': false,
    'browser.gatherUsageStats': false,
    'global.developmentMode': false,
    // The check after a publish reads the error from the log.
    'logger.level': 'info',
    'logger.enableRich': false
  };
  return {
    argv: [
      input.python,
      '-m',
      'streamlit',
      'run',
      ...Object.entries(settings).map(([name, value]) => `--${name}=${value}`),
      '--',
      input.entry
    ],
    env: {},
    // Where the browser is on the same machine, it would show viewers what authors may do, such as to deploy the app.
    defaults: { STREAMLIT_CLIENT_TOOLBAR_MODE: 'viewer' }
  };
}

function failure(log: readonly string[]): AppFailure | null {
  const start = log.findLastIndex(line => line.includes(UNCAUGHT));
  const traceback = start < 0 ? null : lastTraceback(log.slice(start));
  if (!traceback) {
    return null;
  }
  const end = traceback.findIndex((line, i) => i > 0 && /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/.test(line));
  const own = end < 0 ? traceback : traceback.slice(0, end);
  return {
    summary: exceptionLine(own) ?? 'The script raised an exception.',
    detail: withoutStreamlit(own).join('\n')
  };
}

/** Frames of Streamlit itself come first and say nothing about the author's script. */
function withoutStreamlit(traceback: readonly string[]): string[] {
  const first = traceback.findIndex(
    line => /^\s*File "/.test(line) && !/[\\/]site-packages[\\/]streamlit[\\/]/.test(line)
  );
  return first < 0 ? [...traceback] : [traceback[0] ?? '', ...traceback.slice(first)];
}
