import type { Plan, PlanRequest, Problem } from '../contract';
import { missingEntry } from '../files/entry';
import { IGNORE_FILE } from '../files/excludes';
import { leavingProblem } from '../files/links';
import { tooLarge } from '../files/limits';
import { checkPublishable } from '../files/publishable';
import { FOLDER } from '../frameworks';
import { ProblemError } from '../problem-error';
import type { Survey } from './survey';

/** What a build of these files would be refused for, in the words that it would say. */
export function obstaclesOf(
  request: PlanRequest,
  home: string,
  survey: Survey,
  found: Pick<Plan, 'complete' | 'leaving'>
): Problem[] {
  const { root, entry } = request;
  const { unreadable } = survey;
  return [
    refusal(() => checkPublishable(root, home, request.publishablePaths)),
    survey.tooLarge ? tooLarge(survey.limits).problem : null,
    unreadable.cut.count > 0 ? unreadableProblem(root, unreadable.cut.items) : null,
    found.leaving.count > 0 ? leavingProblem(found.leaving.items).problem : null,
    found.complete && entry !== FOLDER && !survey.hasEntry ? entryProblem(entry, survey) : null
  ].filter(problem => problem !== null);
}

function refusal(check: () => void): Problem | null {
  try {
    check();
    return null;
  } catch (error) {
    if (error instanceof ProblemError) {
      return error.problem;
    }
    throw error;
  }
}

function entryProblem(entry: string, { entryExcluded }: Survey): Problem {
  if (entryExcluded !== 'rule') {
    return missingEntry(entry).problem;
  }
  return new ProblemError('file_missing', `${entry} is left out of the dashboard by ${IGNORE_FILE}.`, {
    fix: `Take the rule that fits it out of ${IGNORE_FILE}, or choose another file.`
  }).problem;
}
