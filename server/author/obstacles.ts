import type { Plan, PlanRequest, Problem } from '../contract';
import { missingEntry } from '../files/entry';
import { FOLDER } from '../frameworks';
import type { Limits } from '../files/limits';
import { entryLeftOut, linksLeave, tooLarge, unreadable } from '../files/problems';
import type { Survey } from './survey';

/** What a build of these files would be refused for, in the words that it would say. */
export function obstaclesOf(
  { root, entry, live = false }: PlanRequest,
  limits: Limits,
  { unreadable: closed, tally }: Survey,
  { complete, leaving }: Pick<Plan, 'complete' | 'leaving'>
): Problem[] {
  const unread = closed.cut;
  const leftOut = tally.leavesEntryOut ? entryLeftOut(entry) : missingEntry(entry);
  return [
    // Of what is only served, nothing is too much, too far away or left out.
    ...(live
      ? []
      : [
          tally.tooLarge ? tooLarge(limits) : null,
          unread.count > 0 ? unreadable(root, unread.items.join('\n')) : null,
          leaving.count > 0 ? linksLeave(leaving.items) : null
        ]),
    complete && entry !== FOLDER && !tally.hasEntry && !(live && tally.leavesEntryOut) ? leftOut : null
  ]
    .filter(error => error !== null)
    .map(({ problem }) => problem);
}
