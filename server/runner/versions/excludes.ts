import ignore from 'ignore';

import { STORE } from './places';

/** File with further rules, in the syntax of .gitignore, in the published folder. */
export const IGNORE_FILE = '.dashboardignore';

/** Never part of an app: history, installed packages, caches. */
const FOLDERS = new Set([
  '.git',
  '.hg',
  '.svn',
  'node_modules',
  '__pycache__',
  '.ipynb_checkpoints',
  '.virtual_documents',
  '.cache',
  '.mypy_cache',
  '.pytest_cache',
  '.ruff_cache',
  '.tox',
  '.nox',
  '.Trash',
  STORE
]);

/** Of the hidden names in a home folder, those that belong to an app and not to the person. */
const HOME_EXCEPTIONS = new Set(['.streamlit', IGNORE_FILE]);

export interface Excludes {
  /** Whether a name in the folder `parent` (relative, empty for the root) stays out. */
  excluded(parent: string, name: string, folder: boolean): boolean;
}

/**
 * @param rules - text of the ignore file, or null.
 * @param home - whether the published folder is the author's home: then hidden files (keys, history, settings) stay out.
 */
export function createExcludes(rules: string | null, home: boolean): Excludes {
  const matcher = rules === null ? null : ignore().add(rules);
  return {
    excluded(parent, name, folder) {
      if (folder && FOLDERS.has(name)) {
        return true;
      }
      if (home && parent === '' && name.startsWith('.') && !HOME_EXCEPTIONS.has(name)) {
        return true;
      }
      const path = parent === '' ? name : `${parent}/${name}`;
      return matcher?.ignores(folder ? `${path}/` : path) ?? false;
    }
  };
}

/** A folder with this file is a virtual environment. */
export const ENVIRONMENT_MARK = 'pyvenv.cfg';
