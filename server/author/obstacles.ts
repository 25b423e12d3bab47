import type { Plan, PlanRequest, Problem } from '../contract';
import { missingEntry } from '../files/entry';
import { FOLDER } from '../frameworks';
import type { Limits } from '../files/limits';
import { entryLeftOut, linksLeave, tooLarge, unreadable } from '../files/problems';
import type { Survey } from './survey';

/** What a build of these files would be refused for, in the words that it would say. */
export function obstaclesOf(
  { root, entry }: PlanRequest,
  limits: Limits,
  survey: Survey,
  { complete, leaving }: Pick<Plan, 'complete' | 'leaving'>
): Problem[] {
  const closed = survey.unreadable.cut;
  return [
    survey.tooLarge ? tooLarge(limits) : null,
    closed.count > 0 ? unreadable(root, closed.items.join('\n')) : null,
    leaving.count > 0 ? linksLeave(leaving.items) : null,
    complete && entry !== FOLDER && !survey.hasEntry
      ? survey.leavesEntryOut
        ? entryLeftOut(entry)
        : missingEntry(entry)
      : null
  ]
    .filter(error => error !== null)
    .map(({ problem }) => problem);
}
