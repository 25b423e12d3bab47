/** Escape sequences of terminals: colours, cursor moves, titles. */
const ESCAPES = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)|[@-Z\\-_])/g;
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

/** The last line that names an exception: `ValueError: no such column`. */
export function exceptionLine(lines: readonly string[]): string | null {
  return (
    lines.findLast(line => /^[A-Za-z_][\w.]*(?:Error|Exception|Exit|Interrupt|Warning)\b(?::|$)/.test(line)) ?? null
  );
}
