import {
  FOLDER,
  type AppFailure,
  type CommandInput,
  type CommandLine,
  type Framework,
  type Recognition,
  type SourceFile
} from './framework';
import { exceptionLine, plainText } from './log-text';
import { notebookCode } from './notebook-source';
import { fileName } from './python-source';
import { VOILA_LAUNCHER } from './voila-launcher';

/** Voila logs this for every cell that stops a notebook; a cell that may fail (`raises-exception`) is not logged. */
const CELL_FAILED = 'Error at server while executing cell';

/** A notebook whose viewer has left is kept this long, in seconds: a laptop that wakes up finds its kernel again. */
const IDLE_KERNEL_S = 600;

/** Notebooks as pages, one kernel per viewer. */
export const voila: Framework = {
  id: 'voila',
  title: 'Voila',
  module: 'voila',
  distribution: 'voila',
  recognise,
  command,
  // A static file. Every path that Voila does not know, the prefix itself included, runs the notebook.
  readsAnew: true,
  readyPath: 'voila/static/voila.js',
  failure
};

function recognise(file: SourceFile): Recognition | null {
  if (!file.path.toLowerCase().endsWith('.ipynb')) {
    return null;
  }
  return notebookCode(file.text) === null
    ? null
    : { reason: `${fileName(file.path)} is a notebook`, confidence: 'certain' };
}

function command(input: CommandInput): CommandLine {
  const settings = {
    'Voila.ip': input.host,
    'Voila.port': input.port,
    // Otherwise Voila takes another port than the one that was asked for.
    'Voila.port_retries': 0,
    'Voila.base_url': input.prefix,
    'Voila.log_level': 'INFO',
    'Voila.connection_dir_root': input.scratchDir,
    'VoilaConfiguration.strip_sources': true,
    'VoilaConfiguration.show_tracebacks': false,
    // The list of a folder's notebooks: links, instead of rows that want a double click.
    'VoilaConfiguration.classic_tree': true,
    'MappingKernelManager.cull_interval': 60,
    'MappingKernelManager.cull_idle_timeout': IDLE_KERNEL_S
  };
  return {
    argv: [
      input.python,
      '-c',
      VOILA_LAUNCHER,
      // Without a notebook it shows the list of those in its folder.
      ...(input.entry === FOLDER ? [] : [input.entry.startsWith('-') ? `./${input.entry}` : input.entry]),
      '--no-browser',
      ...Object.entries(settings).map(([name, value]) => `--${name}=${pythonLiteral(value)}`),
      // The runner in front has checked origin and viewer. Voila's page sends no XSRF token of its own when it closes,
      // and with the check its kernel would stay.
      '--Voila.tornado_settings=allow_origin=*',
      '--Voila.tornado_settings=disable_check_xsrf=True'
    ],
    env: {}
  };
}

function pythonLiteral(value: string | number | boolean): string {
  return typeof value === 'boolean' ? (value ? 'True' : 'False') : String(value);
}

function failure(log: readonly string[]): AppFailure | null {
  const start = log.findLastIndex(line => line.includes(CELL_FAILED));
  if (start < 0) {
    return null;
  }
  // What follows the log line: a traceback of Voila's own, nobody's interest, then the cell and what it raised.
  const lines = log.slice(start + 1).map(plainText);
  const cell = lines.findIndex(line => line.includes('An error occurred while executing the following cell'));
  const rest = cell < 0 ? lines : lines.slice(cell + 1);
  const next = rest.findIndex(line => /^\[(?:Voila|IPKernelApp)\]/.test(line));
  const own = next < 0 ? rest : rest.slice(0, next);
  return {
    summary: exceptionLine(own) ?? 'A cell of the notebook failed.',
    detail: own.join('\n').trim()
  };
}
