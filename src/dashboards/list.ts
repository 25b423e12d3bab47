import type { IDisposable } from '@lumino/disposable';
import { Signal, type ISignal } from '@lumino/signaling';

import type {
  Dashboard,
  DashboardEvent,
  DashboardList as Page,
  ListFilter,
  ListQuery,
  Problem
} from '../../server/contract';
import { newestFirst } from './collection';
import { Reading } from './reading';
import { isFound } from './search';

/** Dashboards on a page of a list. */
export const PAGE_SIZE = 50;
const LARGEST_PAGE = 200;

interface ListOptions {
  filter: ListFilter;
  search?: string;
  /** How many are read at once, where there are so many. */
  atLeast?: number;
  readPage: (query: ListQuery) => Promise<Page>;
  toProblem: (error: unknown) => Problem;
}

/** One list of dashboards, read page by page and kept current by events. Newest first. */
export class DashboardList implements IDisposable {
  constructor(options: ListOptions) {
    this.filter = options.filter;
    this._search = options.search ?? '';
    this._atLeast = options.atLeast ?? PAGE_SIZE;
    this._options = options;
    this._reading = new Reading({ toProblem: options.toProblem, onChange: () => this._changed.emit() });
  }

  readonly filter: ListFilter;

  /** What has been read so far. A new array whenever it changes. */
  get items(): readonly Dashboard[] {
    return this._items;
  }

  /** Whether there are older dashboards than those read. */
  get hasMore(): boolean {
    return this._next !== null;
  }

  /** Whether the first page has been read once. */
  get isRead(): boolean {
    return this._isRead;
  }

  get isReading(): boolean {
    return this._reading.isUnderWay;
  }

  /** Why the last attempt to read failed. */
  get problem(): Problem | null {
    return this._reading.problem;
  }

  get search(): string {
    return this._search;
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get isDisposed(): boolean {
    return this._disposed;
  }

  dispose(): void {
    if (!this._disposed) {
      this._disposed = true;
      this._disposedSignal.emit();
      Signal.clearData(this);
    }
  }

  get disposed(): ISignal<this, void> {
    return this._disposedSignal;
  }

  /**
   * Show only what contains `text` in name, description, slug or owner; all if it is empty. What is known of it stays
   * while the service is asked: somebody may be about to choose it.
   */
  async setSearch(text: string): Promise<void> {
    if (text !== this._search) {
      this._search = text;
      this._items = this._items.filter(dashboard => this._belongs(dashboard));
      this._next = null;
      this._isRead = false;
      await this.refresh();
    }
  }

  /** Read again as much as has been read, and a page, or what was asked for, at least. */
  async refresh(): Promise<void> {
    const wanted = Math.max(this._atLeast, this._items.length);
    await this._read(async query => {
      const items: Dashboard[] = [];
      let next: string | null = null;
      do {
        const limit = Math.min(LARGEST_PAGE, wanted - items.length);
        const page: Page = await this._options.readPage({
          ...query,
          limit: String(limit),
          ...(next === null ? {} : { cursor: next })
        });
        items.push(...page.dashboards);
        next = page.next;
      } while (next !== null && items.length < wanted);
      return { items, next };
    });
  }

  /** Read the next page. */
  async showMore(): Promise<void> {
    const cursor = this._next;
    if (cursor === null || this.isReading) {
      return;
    }
    await this._read(async query => {
      const page = await this._options.readPage({ ...query, limit: String(PAGE_SIZE), cursor });
      const read = new Set(page.dashboards.map(({ id }) => id));
      return { items: [...this._items.filter(({ id }) => !read.has(id)), ...page.dashboards], next: page.next };
    });
  }

  /** Take up a change. */
  apply(event: DashboardEvent): void {
    if (event.kind !== 'dashboard' && event.kind !== 'deleted') {
      return;
    }
    if (this.isReading) {
      // The page under way may have been made before or after it.
      this._missed.push(event);
    }
    if (this._place(event)) {
      this._changed.emit();
    }
  }

  private async _read(
    work: (query: ListQuery) => Promise<{ items: readonly Dashboard[]; next: string | null }>
  ): Promise<void> {
    const attempt = (this._attempt += 1);
    const current = () => attempt === this._attempt && !this._disposed;
    this._missed = [];
    const query: ListQuery = { filter: this.filter, ...(this._search === '' ? {} : { search: this._search }) };
    await this._reading.run(
      () => work(query),
      current,
      ({ items, next }) => {
        this._items = items;
        this._next = next;
        this._isRead = true;
        this._missed.forEach(event => this._place(event));
      }
    );
  }

  /** Put a changed dashboard where it belongs. Returns whether anything is different now. */
  private _place(event: DashboardEvent): boolean {
    if (event.kind === 'dashboard' && this._belongs(event.dashboard)) {
      const { dashboard } = event;
      const others = this._items.filter(({ id }) => id !== dashboard.id);
      const last = others.at(-1);
      // What is older than the last one comes with a later page.
      const beyond = this._next !== null && last !== undefined && newestFirst(last, dashboard) < 0;
      this._items = beyond ? others : [...others, dashboard].sort(newestFirst);
      return true;
    }
    const gone = event.kind === 'dashboard' ? event.dashboard.id : event.kind === 'deleted' ? event.id : null;
    const items = this._items.filter(({ id }) => id !== gone);
    const changed = items.length !== this._items.length;
    this._items = changed ? items : this._items;
    return changed;
  }

  /** The same decision as the service's. */
  private _belongs(dashboard: Dashboard): boolean {
    const { mine, mayOpen } = dashboard;
    if (this.filter === 'mine' ? !mine : this.filter === 'shared' ? mine || !mayOpen : false) {
      return false;
    }
    return isFound(dashboard, this._search);
  }

  private readonly _options: ListOptions;
  private readonly _reading: Reading;
  private readonly _atLeast: number;
  private readonly _changed = new Signal<this, void>(this);
  private readonly _disposedSignal = new Signal<this, void>(this);
  private _search: string;
  private _items: readonly Dashboard[] = [];
  private _next: string | null = null;
  private _isRead = false;
  private _attempt = 0;
  private _missed: DashboardEvent[] = [];
  private _disposed = false;
}
