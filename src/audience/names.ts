/** Names as they are being entered. */
export interface Names {
  finished: readonly string[];
  /** What still stands in the field. */
  unfinished: string;
}

const SEPARATOR = /[,;\n]/;

/** Names that stand, with nothing being typed. */
export function finishedNames(finished: readonly string[]): Names {
  return { finished, unfinished: '' };
}

/** All of them, also the one that has not been finished. */
export function allNames({ finished, unfinished }: Names): string[] {
  return distinct([...finished, unquoted(unfinished)]);
}

/**
 * What is typed or pasted into the field, told apart. A comma, a semicolon or a line break finishes a name, except within
 * double quotes and within one of the `known` names: “R&D, Berlin” is one group.
 */
export function typeNames({ finished }: Names, text: string, known: readonly string[]): Names {
  const names = [...finished];
  let rest = text.trimStart();
  for (let end = nameEnd(rest, known); end !== null; end = nameEnd(rest, known)) {
    names.push(unquoted(rest.slice(0, end)));
    rest = rest.slice(end + 1).trimStart();
  }
  return { finished: distinct(names), unfinished: rest };
}

/** Where the first name in `text` is followed by a separator; null while it may go on. */
function nameEnd(text: string, known: readonly string[]): number | null {
  const quoted = /^"[^"\n]*"?/.exec(text)?.[0] ?? '';
  const whole = known
    .filter(name => SEPARATOR.test(name) && (text.startsWith(name) || name.startsWith(text)))
    .map(name => name.length);
  const from = Math.max(quoted.length, ...whole);
  const length = text.slice(from).search(SEPARATOR);
  return length === -1 ? null : from + length;
}

/** As it was typed; in the field again, to be corrected. */
export function quoted(name: string): string {
  return SEPARATOR.test(name) ? `"${name}"` : name;
}

function unquoted(text: string): string {
  const name = text.trim();
  return /^"[^"]*"$/.test(name) ? name.slice(1, -1).trim() : name;
}

function distinct(names: readonly string[]): string[] {
  return [...new Set(names.map(name => name.trim()).filter(name => name !== ''))];
}
