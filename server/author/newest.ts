import type { BigIntStats } from 'node:fs';

import { LIMITS, type Place } from '../contract';

/** Finds what was changed last of all that will be published. */
export class Newest {
  see(path: string, { ctimeNs }: Pick<BigIntStats, 'ctimeNs'>): void {
    if ((this._found === null || ctimeNs > this._found.ctimeNs) && path.length <= LIMITS.path) {
      this._found = { path, ctimeNs };
    }
  }

  get found(): Place['newest'] {
    return this._found && { path: this._found.path, changed: String(this._found.ctimeNs) };
  }

  private _found: { path: string; ctimeNs: bigint } | null = null;
}
