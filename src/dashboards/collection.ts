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

  /** Note what the event stream tells of: all changes, in their order. */
  note(event: DashboardEvent): void {
    if (event.kind === 'dashboard' || event.kind === 'deleted') {
      this._told.set(event.kind === 'deleted' ? event.id : event.dashboard.id, (this._moment += 1));
    }
  }

  /** When something is asked for, to tell later whether its answer has been overtaken. */
  get moment(): number {
    return this._moment;
  }

  /**
   * Whether the stream has told of a dashboard since `asked`. An answer to what was asked for then may be older, and where
   * it is newer the stream tells that as well.
   */
  isOvertaken(id: string, asked: number): boolean {
    return (this._told.get(id) ?? 0) > asked;
  }

  private readonly _byId = new Map<string, Dashboard>();
  private readonly _told = new Map<string, number>();
  private _moment = 0;
}

/** The order of every list of dashboards. */
export function newestFirst(a: Dashboard, b: Dashboard): number {
  return b.createdAt.localeCompare(a.createdAt) || b.id.localeCompare(a.id);
}
