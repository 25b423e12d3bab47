import { folded, type ListQuery } from '../../contract';
import { mayView, type Viewer } from '../access/audience';
import { readCursor, writeCursor } from './cursor';
import type { DashboardAggregate } from './dashboard';
import { subjectsOf } from './listing';
import type { DashboardStore } from './store';

const PAGE = 50;

/** One page of a list, newest first. `next` is the cursor of the next page, null on the last one. */
export interface DashboardPage {
  aggregates: DashboardAggregate[];
  next: string | null;
}

/**
 * Lists dashboards for a viewer. Whether they may use the filter `all` is the caller's to check.
 * @throws ServiceError `invalid_request` for a broken cursor
 */
export async function listDashboards(
  store: DashboardStore,
  viewer: Viewer,
  { filter, search, limit, cursor }: ListQuery
): Promise<DashboardPage> {
  const { aggregates, next } = await store.page({
    subjects: subjectsOf(viewer, filter),
    notOwner: filter === 'shared' ? viewer.name : null,
    search: folded(search ?? '').trim(),
    after: cursor === undefined ? null : readCursor(cursor),
    limit: limit === undefined ? PAGE : Number(limit)
  });
  return {
    // The index finds them; the rule decides.
    aggregates: filter === 'all' ? aggregates : aggregates.filter(({ dashboard }) => mayView(dashboard, viewer)),
    next: next && writeCursor(next)
  };
}
