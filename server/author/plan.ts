import { fstatSync, realpathSync } from 'node:fs';
import path from 'node:path';

import type { Plan, PlanRequest, Problem } from '../contract';
import { withFile, withFolders, withRoot } from '../files/anchor';
import { entryParts, explainedEntry, missingEntry } from '../files/entry';
import { readExcludes } from '../files/excludes';
import { expandHome, homeIn } from '../files/home';
import { bornAt } from '../files/times';
import { walk } from '../files/walk';
import { ProblemError, systemCode } from '../problem-error';
import type { Limits } from '../files/limits';
import type { Changes } from './changes';
import { obstaclesOf } from './obstacles';
import { Enough, type Patience } from './patience';
import { Survey } from './survey';

interface PlanInput {
  home: string;
  limits: Limits;
  patience: Patience;
  /** What the files are compared with; null: nothing. */
  changes: () => Changes | null;
  /** Why nothing may be published from there. */
  forbidden: Problem | null;
}

/** As often is a folder looked at in which somebody works. */
const ATTEMPTS = 3;

/**
 * Finds out what publishing these files would copy. Reads the folder and the state of its files; their content only where
 * that alone tells whether they have changed.
 *
 * @throws ProblemError where nothing can be said, as of a folder that is not there
 */
export function makePlan(request: PlanRequest, input: PlanInput): Plan {
  for (let attempt = 1; ; attempt++) {
    try {
      return lookAt(request, input);
    } catch (error) {
      if (!['ENOENT', 'ENOTDIR', 'ELOOP'].includes(systemCode(error) ?? '')) {
        throw error;
      }
      if (attempt === ATTEMPTS) {
        throw new ProblemError('files_keep_changing', `Something is working in ${request.root}.`, {
          fix: 'Wait until nothing adds and removes files there, then look again.',
          cause: error
        });
      }
    }
  }
}

function lookAt(request: PlanRequest, { home, limits, patience, changes, forbidden }: PlanInput): Plan {
  const folder = expandHome(request.root, home);
  return withRoot(folder, root => {
    const survey = new Survey(request.entry, limits, changes(), patience);
    const stat = fstatSync(root, { bigint: true });
    const complete = toItsEnd(survey, () => {
      if (request.scope === 'file') {
        surveyFile(root, request.entry, survey);
      } else {
        survey.newest.see('', stat);
        walk(root, readExcludes(root, homeIn(folder, home)), survey);
      }
    });
    const found = survey.found(complete);
    const born = bornAt(stat);
    return {
      ...found,
      obstacles: [...(forbidden === null ? [] : [forbidden]), ...obstaclesOf(request, limits, survey, found)],
      place: {
        inode: String(stat.ino),
        ...(born !== null && { born: String(born) }),
        newest: survey.newest.found,
        folder: realpathSync(folder)
      },
      repository: null
    };
  });
}

/** Whether the work came to its end, and not to something that it had to stop at. */
function toItsEnd(survey: Survey, work: () => void): boolean {
  try {
    work();
    return true;
  } catch (error) {
    if (['EACCES', 'EPERM'].includes(systemCode(error) ?? '')) {
      survey.unreadable.add(nameIn(error));
      return false;
    }
    if (error instanceof Enough) {
      return false;
    }
    throw error;
  }
}

/** Name of what could not be opened; it was opened by way of its folder's descriptor. */
function nameIn(error: unknown): string {
  return typeof error === 'object' && error !== null && 'path' in error ? path.basename(String(error.path)) : '';
}

function surveyFile(root: number, entry: string, survey: Survey): void {
  const folders = entryParts(entry);
  const name = folders.pop() ?? '';
  try {
    withFolders(root, folders, parent =>
      withFile(parent, name, file => {
        if (!fstatSync(file).isFile()) {
          throw missingEntry(entry);
        }
        survey.file(entry, parent, name);
      })
    );
  } catch (error) {
    throw explainedEntry(entry, error);
  }
}
