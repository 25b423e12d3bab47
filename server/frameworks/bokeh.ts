import { scriptFailure, serveCommand } from './bokeh-server';
import type { CommandInput, CommandLine, Framework, Recognition, SourceFile } from './framework';
import { codeLine, fileName, importLine } from './python-source';

/** The file that a Bokeh application of a whole folder starts with. */
const MAIN = 'main.py';

/** Scripts that put plots and widgets into Bokeh's current document. */
export const bokeh: Framework = {
  id: 'bokeh',
  title: 'Bokeh',
  module: 'bokeh',
  distribution: 'bokeh',
  recognise,
  command,
  namesApps: true,
  // Known or not, it is answered without running a script; the prefix itself may run one.
  readyPath: 'favicon.ico',
  failure: scriptFailure
};

function recognise(file: SourceFile): Recognition | null {
  if (!file.path.toLowerCase().endsWith('.py') || importLine(file.text, 'bokeh') === null) {
    return null;
  }
  const line = codeLine(file.text, /\bcurdoc\(\)/);
  return line === null
    ? null
    : { reason: `${fileName(file.path)} adds to Bokeh's document with curdoc() (line ${line})`, confidence: 'certain' };
}

function command(input: CommandInput): CommandLine {
  // Templates, theme and static files beside main.py count only where its folder is served as one application.
  return serveCommand('bokeh', input, input.apps ?? [input.entry === MAIN ? input.projectDir : input.entry]);
}
