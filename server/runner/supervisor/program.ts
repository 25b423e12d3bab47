import { accessSync, constants, statSync } from 'node:fs';
import path from 'node:path';

/** Whether a program can be started: a path relative to `cwd`, or a name that is looked for in `searchPath`. */
export function programExists(program: string, cwd: string, searchPath: string): boolean {
  const candidates = program.includes('/')
    ? [path.resolve(cwd, program)]
    : searchPath.split(path.delimiter).map(folder => path.resolve(cwd, folder, program));
  return candidates.some(isProgram);
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}
