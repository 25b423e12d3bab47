/** One import of a module in Python text. */
export interface PythonImport {
  /** First part of the module's name. */
  module: string;
  /** Counted from 1. */
  line: number;
}

/** One line of Python that is not inside of a string in triple quotes. */
interface CodeLine {
  text: string;
  /** Counted from 1. */
  line: number;
}

/** Not a parser: good enough to say what a script is for, and harmless when wrong. */
function* codeLines(source: string): Generator<CodeLine> {
  let open: string | null = null;
  let line = 0;
  for (const content of source.split(/\r\n|\r|\n/)) {
    line += 1;
    const text = content.replace(/#.*$/, '');
    if (open === null) {
      yield { text, line };
    }
    for (const [mark] of text.matchAll(/"""|'''/g)) {
      open = open === null ? mark : open === mark ? null : open;
    }
  }
}

/** The imports at the beginning of lines. */
export function pythonImports(source: string): PythonImport[] {
  const imports: PythonImport[] = [];
  for (const { text, line } of codeLines(source)) {
    const from = /^\s*from\s+(\w+)(?:\.\w+)*\s+import\b/.exec(text);
    const plain = /^\s*import\s+([\w.,\s]+)/.exec(text);
    const names = from ? [from[1]] : (plain?.[1]?.split(',').map(name => name.trim().split(/[.\s]/)[0]) ?? []);
    for (const module of names) {
      if (module) {
        imports.push({ module, line });
      }
    }
  }
  return imports;
}

/** The first line of code that `pattern` is found in, or null. */
export function codeLine(source: string, pattern: RegExp): number | null {
  for (const { text, line } of codeLines(source)) {
    if (pattern.test(text)) {
      return line;
    }
  }
  return null;
}

/** The line of the first import of `module`, or null. */
export function importLine(text: string, module: string): number | null {
  return pythonImports(text).find(found => found.module === module)?.line ?? null;
}

/** Last part of a path. */
export function fileName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
