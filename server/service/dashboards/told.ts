import { mayView, type Viewer } from '../access/audience';
import type { DashboardAggregate } from './dashboard';
import type { FeedItem } from './feed';

/** What one person is told of a change. */
export type Told =
  { seq: number; kind: 'dashboard'; aggregate: DashboardAggregate } | { seq: number; kind: 'deleted'; id: string };

/**
 * What a person is told of these changes: dashboards that they may see, as they are now and once each; and that one is
 * gone, if they could see it before. Of all others nothing, not even that there is something.
 */
export function toldTo(viewer: Viewer & { admin: boolean }, items: readonly FeedItem[]): Told[] {
  const newest = new Map(items.map(item => [item.dashboardId, item.seq]));
  const gone = new Set<string>();
  return items.flatMap(({ seq, dashboardId, seenBy, aggregate }): Told[] => {
    const may = (dashboard: Parameters<typeof mayView>[0]) => viewer.admin || mayView(dashboard, viewer);
    if (aggregate && may(aggregate.dashboard)) {
      return newest.get(dashboardId) === seq ? [{ seq, kind: 'dashboard', aggregate }] : [];
    }
    // At the first of several changes: a reader that is cut off between them comes back with the number of that one.
    if (seenBy && may(seenBy) && !gone.has(dashboardId)) {
      gone.add(dashboardId);
      return [{ seq, kind: 'deleted', id: dashboardId }];
    }
    return [];
  });
}
