import type { Dashboard, DashboardEvent } from '../../server/contract';

/** The dashboards that the user may see, by id, as the stream of events tells. */
export class DashboardCollection {
  /** Newest first. */
  get all(): Dashboard[] {
    return [...this._byId.values()].sort((a, b) => b.createdAt.localeCompare(a.createdAt));
  }

  get(id: string): Dashboard | undefined {
    return this._byId.get(id);
  }

  set(dashboard: Dashboard): void {
    this._byId.set(dashboard.id, dashboard);
    this._seen?.add(dashboard.id);
  }

  delete(id: string): void {
    this._byId.delete(id);
  }

  /** A new connection: everything is about to be told again. What is not has gone in the meantime. */
  begin(): void {
    this._seen = new Set();
  }

  apply(event: DashboardEvent): void {
    switch (event.kind) {
      case 'dashboard':
        this.set(event.dashboard);
        break;
      case 'deleted':
        this.delete(event.id);
        break;
      case 'ready':
        for (const id of [...this._byId.keys()]) {
          if (this._seen !== null && !this._seen.has(id)) {
            this._byId.delete(id);
          }
        }
        this._seen = null;
        break;
    }
  }

  private readonly _byId = new Map<string, Dashboard>();
  private _seen: Set<string> | null = null;
}
