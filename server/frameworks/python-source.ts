/** One import of a module in Python text. */
export interface PythonImport {
  /** First part of the module's name. */
  module: string;
  /** Counted from 1. */
  line: number;
}

/**
 * The imports at the beginning of lines, outside of strings in triple quotes. Not a parser: good enough to say what a
 * script is for, and harmless when wrong.
 */
export function pythonImports(text: string): PythonImport[] {
  const imports: PythonImport[] = [];
  let open: string | null = null;
  text.split(/\r\n|\r|\n/).forEach((content, index) => {
    if (open === null) {
      const from = /^\s*from\s+(\w+)(?:\.\w+)*\s+import\b/.exec(content);
      const plain = /^\s*import\s+([\w.,\s]+)/.exec(content);
      const names = from ? [from[1]] : (plain?.[1]?.split(',').map(name => name.trim().split(/[.\s]/)[0]) ?? []);
      for (const module of names) {
        if (module) {
          imports.push({ module, line: index + 1 });
        }
      }
    }
    for (const [mark] of content.replace(/#.*$/, '').matchAll(/"""|'''/g)) {
      open = open === null ? mark : open === mark ? null : open;
    }
  });
  return imports;
}

/** The line of the first import of `module`, or null. */
export function importLine(text: string, module: string): number | null {
  return pythonImports(text).find(found => found.module === module)?.line ?? null;
}

/** Last part of a path. */
export function fileName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
