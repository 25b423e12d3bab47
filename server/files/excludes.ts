import { readFileSync } from 'node:fs';

import ignore from 'ignore';

import type { Exclusion } from '../contract';
import { systemCode } from '../problem-error';
import { withFile } from './anchor';
import { STORE } from './home';

/** File with further rules, in the syntax of .gitignore, in the published folder. */
export const IGNORE_FILE = '.dashboardignore';

/** A folder with this file is a virtual environment. */
export const ENVIRONMENT_MARK = 'pyvenv.cfg';

/** What Git keeps of a repository; a file or a link where that is elsewhere. */
export const HISTORY = '.git';

/** Never part of an app. */
const FOLDERS: ReadonlyMap<string, Exclusion> = new Map([
  [HISTORY, 'history'],
  ['.hg', 'history'],
  ['.svn', 'history'],
  ['node_modules', 'packages'],
  ['.tox', 'environment'],
  ['.nox', 'environment'],
  ['__pycache__', 'cache'],
  ['.ipynb_checkpoints', 'cache'],
  ['.virtual_documents', 'cache'],
  ['.cache', 'cache'],
  ['.mypy_cache', 'cache'],
  ['.pytest_cache', 'cache'],
  ['.ruff_cache', 'cache'],
  ['.Trash', 'trash'],
  [STORE, 'store']
]);

export const EXCLUDED_FOLDERS: readonly string[] = [...FOLDERS.keys()];

/** Of the hidden names in a home folder, those that belong to an app and not to the person. */
const HOME_EXCEPTIONS = new Set(['.streamlit', IGNORE_FILE]);

export interface Excludes {
  /** Why a name in the folder `parent` (relative, empty for the root) stays out; null if it does not. */
  reason(parent: string, name: string, folder: boolean): Exclusion | null;
  /** Nothing but `EXCLUDED_FOLDERS` and `HISTORY` stays out by its name, wherever it is. */
  everywhereAlike: boolean;
}

/**
 * @param rules - text of the ignore file, or null.
 * @param home - where the author's home is in the published folder (empty: it is that itself; null: it is not in it): hidden
 *   files there (keys, history, settings) stay out.
 */
export function createExcludes(rules: string | null, home: string | null): Excludes {
  // Names that differ in case alone are different files here, as they are to Git.
  const matcher = rules === null ? null : ignore({ ignorecase: false }).add(rules);
  return {
    everywhereAlike: matcher === null && home === null,
    reason(parent, name, folder) {
      // In a work tree beside its repository, and in a submodule, it is a file or a link that says where that is.
      const never = folder || name === HISTORY ? FOLDERS.get(name) : undefined;
      if (never) {
        return never;
      }
      if (parent === home && name.startsWith('.') && !HOME_EXCEPTIONS.has(name)) {
        return 'hidden';
      }
      if (!matcher) {
        return null;
      }
      const path = parent === '' ? name : `${parent}/${name}`;
      return matcher.ignores(folder ? `${path}/` : path) ? 'rule' : null;
    }
  };
}

/**
 * The excludes of an open folder, with the rules of its ignore file. A link in place of that is not followed.
 *
 * @param home - where the author's home is in it, as above.
 */
export function readExcludes(root: number, home: string | null): Excludes {
  return createExcludes(readRules(root), home);
}

function readRules(root: number): string | null {
  try {
    return withFile(root, IGNORE_FILE, file => readFileSync(file, 'utf8'));
  } catch (error) {
    if (['ENOENT', 'EISDIR', 'ELOOP', 'ENXIO'].includes(systemCode(error) ?? '')) {
      return null;
    }
    throw error;
  }
}
