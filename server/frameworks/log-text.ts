import type { AppFailure } from './framework';

/** Escape sequences of terminals: colours, cursor moves, titles. */
const ESCAPES = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)|[@-Z\\-_])/g;
/** Code that is none of the author's: installed packages, Python's own library, programs given on a command line. */
const FOREIGN = /[\\/](?:site|dist)-packages[\\/]|[\\/]lib[\\/]python\d|^<(?:string|frozen )/;
const CONTROLS = /[\u0000-\u0008\u000b-\u001f\u007f]/g;

/** A line of a log without what only a terminal understands. */
export function plainText(line: string): string {
  return line.replace(ESCAPES, '').replace(CONTROLS, '');
}

/** The last Python traceback in a log, without its colours; null if there is none. */
export function lastTraceback(log: readonly string[]): string[] | null {
  const lines = log.map(plainText);
  const start = lines.findLastIndex(line => /^\s*Traceback \(most recent call last\)/.test(line));
  return start < 0 ? null : lines.slice(start);
}

/** The last traceback of a log, as far as it is about the author's own files; null if there is none. */
export function lastFailure(log: readonly string[]): AppFailure | null {
  // Some loggers put the traceback behind a message, on the same line.
  const lines = log.map(line => plainText(line).replace(/^.*?(?=Traceback \(most recent call last\):)/, ''));
  const traceback = lastTraceback(lines);
  if (!traceback) {
    return null;
  }
  const end = traceback.findIndex((line, i) => i > 0 && /^\S/.test(line));
  const whole = end < 0 ? traceback : traceback.slice(0, end + 1);
  const summary = end < 0 ? 'The app raised an exception.' : (whole.at(-1) ?? '');
  return { summary, detail: ownFrames(whole).join('\n') };
}

/** A traceback without the frames of installed packages, unless there are no others. */
function ownFrames(traceback: readonly string[]): string[] {
  let own = true;
  const kept = traceback.filter(line => {
    const file = /^ {2}File "([^"]*)"/.exec(line)?.[1];
    own = file === undefined ? own || /^\S/.test(line) : !FOREIGN.test(file);
    return own;
  });
  return kept.some(line => /^ {2}File "/.test(line)) ? kept : [...traceback];
}

/** The last line that names an exception: `ValueError: no such column`. */
export function exceptionLine(lines: readonly string[]): string | null {
  return (
    lines.findLast(line => /^[A-Za-z_][\w.]*(?:Error|Exception|Exit|Interrupt|Warning)\b(?::|$)/.test(line)) ?? null
  );
}
