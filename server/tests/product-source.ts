import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { CHECKOUT } from './installation';

const NO_PROGRAMS = new Set(['node_modules', 'tests']);
const FOLDERS = [...serverFolders(), 'src', 'jupyterhub_dashboards'];
const PROGRAM = /\.(?:ts|tsx|py)$/;
const OF_TESTS = /(?:^|\/)(?:tests|__tests__|testing)\/|\.test\.ts$/;

/** The words of all that the product says: of its programs without their tests. */
export function productWords(): string {
  const files = FOLDERS.flatMap(folder =>
    readdirSync(join(CHECKOUT, folder), { recursive: true, encoding: 'utf8' })
      .filter(path => PROGRAM.test(path) && !OF_TESTS.test(path))
      .map(path => join(CHECKOUT, folder, path))
  );
  return files.map(path => words(readFileSync(path, 'utf8'))).join('\n');
}

function serverFolders(): string[] {
  return readdirSync(join(CHECKOUT, 'server'), { withFileTypes: true })
    .filter(entry => entry.isDirectory() && !NO_PROGRAMS.has(entry.name))
    .map(({ name }) => `server/${name}`);
}

/** A program's text with its strings as people read them: in one piece, without tags and escapes. */
export function words(source: string): string {
  return source
    .replace(/\\(\W)/g, '$1')
    .replace(/(['"`])\s*\+?\s*f?\1/g, '')
    .replace(/<\/?\w+>/g, '')
    .replaceAll('’', "'")
    .replace(/\s+/g, ' ');
}
