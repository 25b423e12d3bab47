import { Type } from 'typebox';
import { Value } from 'typebox/value';

/** Builds that were started here and whose end nobody has been told yet. */
const Remembered = Type.Array(Type.String({ maxLength: 200 }));

/** As many as are kept; a person has few builds under way at once. */
const MOST = 20;

/**
 * Ids of builds under way, kept in the browser over reloads of the page. `storage` may refuse, as it does in some private
 * windows: then a reload forgets them.
 */
export class RememberedBuilds {
  constructor(storage: Pick<Storage, 'getItem' | 'setItem'>, key: string) {
    this._storage = storage;
    this._key = key;
  }

  get all(): string[] {
    try {
      const value: unknown = JSON.parse(this._storage.getItem(this._key) ?? '[]');
      return Value.Check(Remembered, value) ? value : [];
    } catch {
      return [];
    }
  }

  add(id: string): void {
    this._write([...this.all.filter(known => known !== id), id].slice(-MOST));
  }

  delete(id: string): void {
    this._write(this.all.filter(known => known !== id));
  }

  private _write(ids: readonly string[]): void {
    try {
      this._storage.setItem(this._key, JSON.stringify(ids));
    } catch {
      // No room or no permission: the notification after a reload is all that is lost.
    }
  }

  private readonly _storage: Pick<Storage, 'getItem' | 'setItem'>;
  private readonly _key: string;
}
