/** A command line that cannot be started; the message says what is wrong with it. */
export class CommandInvalid extends Error {}

/**
 * Splits a command line into words as a POSIX shell does with quotes and backslashes, and does nothing else of a shell:
 * no variables, globs, pipes or redirections. A word that would mean one of those is refused, so that nobody believes
 * in it.
 *
 * @throws CommandInvalid
 */
export function splitCommand(line: string): string[] {
  const words: string[] = [];
  let word: string | null = null;
  let quote: '"' | "'" | null = null;
  for (let i = 0; i < line.length; i++) {
    const c = line.charAt(i);
    if (c === '\0') {
      throw new CommandInvalid('The command line holds a zero byte.');
    }
    if (quote === "'") {
      if (c === "'") {
        quote = null;
      } else {
        word += c;
      }
    } else if (c === '\\') {
      const next = line.charAt(++i);
      if (next === '') {
        throw new CommandInvalid('The command line ends with a backslash.');
      }
      // Within double quotes a backslash is an ordinary character, except before these.
      word = (word ?? '') + (quote && !'"\\$`'.includes(next) ? `\\${next}` : next);
    } else if (quote === '"') {
      if (c === '"') {
        quote = null;
      } else {
        word += c;
      }
    } else if (c === '"' || c === "'") {
      quote = c;
      word ??= '';
    } else if (/\s/.test(c)) {
      if (word !== null) {
        words.push(word);
        word = null;
      }
    } else if ('|&;<>`'.includes(c)) {
      throw new CommandInvalid(`The command line is not run by a shell: '${c}' has no meaning in it.`);
    } else {
      word = (word ?? '') + c;
    }
  }
  if (quote) {
    throw new CommandInvalid(`A quotation mark ${quote} is not closed.`);
  }
  if (word !== null) {
    words.push(word);
  }
  if (!words[0]) {
    throw new CommandInvalid('The command line is empty.');
  }
  return words;
}

/** What may stand in braces in a command line. */
export const PLACEHOLDERS = ['port', 'base_url', 'entry', 'python', 'host'] as const;
export type Placeholder = (typeof PLACEHOLDERS)[number];

/**
 * Puts values in place of `{port}` and the like, after the split: a value with spaces stays one word.
 *
 * @throws CommandInvalid for an unknown name in braces; `{{` and `}}` stand for braces themselves.
 */
export function fillPlaceholders(words: readonly string[], values: Record<Placeholder, string>): string[] {
  return words.map(word =>
    word.replace(/\{\{|\}\}|\{([^{}]*)\}/g, (found, name: string | undefined) => {
      if (name === undefined) {
        return found.charAt(0);
      }
      if (!(PLACEHOLDERS as readonly string[]).includes(name)) {
        const known = PLACEHOLDERS.map(p => `{${p}}`).join(', ');
        throw new CommandInvalid(`The command line holds ${found}, which is none of ${known}.`);
      }
      return values[name as Placeholder];
    })
  );
}
