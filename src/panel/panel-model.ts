import type { IDisposable } from '@lumino/disposable';
import { Signal, type ISignal } from '@lumino/signaling';

import { LIST_FILTERS, type ListFilter } from '../../server/contract';
import type { DashboardList } from '../dashboards/list';
import type { IDashboards } from '../tokens';

/** What the panel shows: a list for each tab, one search for all of them. */
export class PanelModel implements IDisposable {
  constructor(dashboards: IDashboards) {
    this._dashboards = dashboards;
    this._lists = { mine: dashboards.createList('mine'), shared: dashboards.createList('shared') };
    Object.values(this._lists).forEach(list => list.changed.connect(this._onChanged, this));
    dashboards.changed.connect(this._onChanged, this);
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** The tabs that there are for this user. */
  get tabs(): readonly ListFilter[] {
    return LIST_FILTERS.filter(filter => this._lists[filter] !== undefined);
  }

  get tab(): ListFilter {
    return this._tab;
  }

  set tab(tab: ListFilter) {
    this._tab = tab;
    this._changed.emit();
  }

  get list(): DashboardList {
    return this.listOf(this._tab);
  }

  listOf(tab: ListFilter): DashboardList {
    return this._lists[tab] ?? this._lists.mine;
  }

  /** Search all lists. */
  setSearch(text: string): void {
    this._search = text;
    this.tabs.forEach(tab => void this.listOf(tab).setSearch(text));
  }

  get isDisposed(): boolean {
    return this._disposed;
  }

  dispose(): void {
    if (!this._disposed) {
      this._disposed = true;
      this._dashboards.changed.disconnect(this._onChanged, this);
      this.tabs.forEach(tab => this.listOf(tab).dispose());
      Signal.clearData(this);
    }
  }

  private _onChanged(): void {
    if (this._dashboards.me?.admin === true && this._lists.all === undefined) {
      const all = (this._lists.all = this._dashboards.createList('all', { search: this._search }));
      all.changed.connect(this._onChanged, this);
      void all.refresh();
    }
    this._changed.emit();
  }

  private readonly _dashboards: IDashboards;
  private readonly _lists: Pick<Record<ListFilter, DashboardList>, 'mine' | 'shared'> & { all?: DashboardList };
  private readonly _changed = new Signal<this, void>(this);
  private _tab: ListFilter = 'mine';
  private _search = '';
  private _disposed = false;
}
