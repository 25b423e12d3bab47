import { scriptFailure, serveCommand } from './bokeh-server';
import type { CommandInput, CommandLine, Framework, Recognition, SourceFile } from './framework';
import { notebookCode } from './notebook-source';
import { codeLine, fileName, importLine } from './python-source';

const SERVABLE = /\.servable\(/;

/** Scripts and notebooks that mark what is to be shown with `.servable()`. */
export const panel: Framework = {
  id: 'panel',
  title: 'Panel',
  module: 'panel',
  distribution: 'panel',
  recognise,
  command,
  namesApps: true,
  // Known or not, it is answered without running a script; the prefix itself may run one.
  readyPath: 'favicon.ico',
  failure: scriptFailure
};

function recognise(file: SourceFile): Recognition | null {
  const path = file.path.toLowerCase();
  const name = fileName(file.path);
  if (path.endsWith('.ipynb')) {
    const code = notebookCode(file.text);
    const shows = code !== null && importLine(code, 'panel') !== null && codeLine(code, SERVABLE) !== null;
    return shows
      ? { reason: `${name} is a notebook that shows Panel objects with .servable()`, confidence: 'certain' }
      : null;
  }
  const imported = path.endsWith('.py') ? importLine(file.text, 'panel') : null;
  if (imported === null) {
    return null;
  }
  const line = codeLine(file.text, SERVABLE);
  return line === null
    ? { reason: `${name} imports panel (line ${imported})`, confidence: 'likely' }
    : { reason: `${name} shows Panel objects with .servable() (line ${line})`, confidence: 'certain' };
}

function command(input: CommandInput): CommandLine {
  return serveCommand('panel', input, input.apps ?? [input.entry]);
}
