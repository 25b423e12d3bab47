import { DASH_LAUNCHER } from './dash-launcher';
import type { AppFailure, CommandInput, CommandLine, Framework, Recognition, SourceFile } from './framework';
import { lastFailure } from './log-text';
import { codeLine, fileName, importLine } from './python-source';

/** What Flask logs for a request that an exception ended, and the launcher for a script that one has ended. */
const FAILED = /Exception on \S+ \[[A-Z]+\]|^Error running /;
const NO_APP = /makes no Dash app\.$/;

/** Scripts that make an app of Plotly Dash, called anything. */
export const dash: Framework = {
  id: 'dash',
  title: 'Dash',
  module: 'dash',
  distribution: 'dash',
  recognise,
  command,
  readyPath: '_favicon.ico',
  failure
};

function recognise(file: SourceFile): Recognition | null {
  if (!file.path.toLowerCase().endsWith('.py')) {
    return null;
  }
  const name = fileName(file.path);
  const imported = importLine(file.text, 'dash') ?? importLine(file.text, 'dash_extensions');
  if (imported === null) {
    return null;
  }
  const made = codeLine(file.text, /\b(?:Dash|DashProxy)\(/);
  if (made !== null) {
    return { reason: `${name} makes a Dash app (line ${made})`, confidence: 'certain' };
  }
  // The app may be made in a file that this one imports.
  const run = codeLine(file.text, /^\s*\w+\.run(?:_server)?\(/);
  return run === null ? null : { reason: `${name} imports dash and runs an app (line ${run})`, confidence: 'certain' };
}

function command(input: CommandInput): CommandLine {
  return {
    argv: [input.python, '-c', DASH_LAUNCHER, input.host, String(input.port), input.prefix, input.entry],
    env: {
      DASH_REQUESTS_PATHNAME_PREFIX: input.prefix,
      DASH_ROUTES_PATHNAME_PREFIX: '/',
      // Scripts like to open a browser when they are run.
      BROWSER: 'true'
    }
  };
}

function failure(log: readonly string[]): AppFailure | null {
  const none = log.findLast(line => NO_APP.test(line));
  if (none !== undefined) {
    return { summary: none, detail: '' };
  }
  const start = log.findLastIndex(line => FAILED.test(line));
  return start < 0 ? null : lastFailure(log.slice(start));
}
