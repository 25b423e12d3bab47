import { LIMITS, type Cut } from '../contract';

/** Counts all, and keeps the first. */
export class CutList<T> {
  add(item: T): void {
    this._count += 1;
    if (this._items.length < LIMITS.planItems) {
      this._items.push(item);
    }
  }

  get cut(): Cut<T> {
    return { items: this._items, count: this._count };
  }

  private readonly _items: T[] = [];
  private _count = 0;
}
