import { CommandInvalid, fillPlaceholders, splitCommand } from './command-line';
import type { AppFailure, CommandInput, CommandLine, Framework, Recognition, SourceFile } from './framework';
import { exceptionLine, lastTraceback } from './log-text';
import { fileName, importLine } from './python-source';

/** Any program that listens on a port. */
export const command: Framework = {
  id: 'command',
  title: 'Command',
  module: null,
  distribution: null,
  recognise,
  command: commandLine,
  readyPath: '',
  failure
};

/** Only what starts with one certain command line under any prefix; for everything else the person is asked. */
function recognise(file: SourceFile): Recognition | null {
  if (!file.path.toLowerCase().endsWith('.py')) {
    return null;
  }
  const name = fileName(file.path);
  const line = importLine(file.text, 'fastapi');
  const app = /^(\w+)\s*(?::[^=]+)?=\s*(?:fastapi\.)?FastAPI\(/m.exec(file.text)?.[1];
  const module = /^(\w+)\.py$/i.exec(name)?.[1];
  if (line === null || !app || !module) {
    return null;
  }
  return {
    reason: `${name} imports fastapi (line ${line})`,
    confidence: 'likely',
    command: `{python} -m uvicorn ${module}:${app} --host {host} --port {port} --root-path {base_url}`
  };
}

function commandLine(input: CommandInput): CommandLine {
  if (input.command === null) {
    throw new CommandInvalid('There is no command line for this app.');
  }
  const words = splitCommand(input.command);
  const argv = fillPlaceholders(words, {
    port: String(input.port),
    base_url: input.prefix,
    entry: input.entry,
    python: input.python,
    host: input.host
  });
  return {
    argv,
    // What many programs read by themselves; an app without {port} in its command line finds it here.
    env: { PORT: String(input.port), HOST: input.host, BASE_URL: input.prefix }
  };
}

function failure(log: readonly string[]): AppFailure | null {
  const traceback = lastTraceback(log);
  return (
    traceback && { summary: exceptionLine(traceback) ?? 'The app raised an exception.', detail: traceback.join('\n') }
  );
}
