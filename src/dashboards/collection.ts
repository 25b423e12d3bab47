import type { Dashboard, DashboardEvent } from '../../server/contract';

/** All dashboards that this page has heard of, by id, in their newest form. Lists say which of them are shown. */
export class DashboardCollection {
  get(id: string): Dashboard | undefined {
    return this._byId.get(id);
  }

  apply(event: DashboardEvent): void {
    if (event.kind === 'dashboard') {
      this._byId.set(event.dashboard.id, event.dashboard);
    } else if (event.kind === 'deleted') {
      this._byId.delete(event.id);
    }
  }

  private readonly _byId = new Map<string, Dashboard>();
}

/** The order of every list of dashboards. */
export function newestFirst(a: Dashboard, b: Dashboard): number {
  return b.createdAt.localeCompare(a.createdAt) || b.id.localeCompare(a.id);
}
