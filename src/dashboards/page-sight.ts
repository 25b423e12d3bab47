import { Signal, type ISignal } from '@lumino/signaling';

import { HIDDEN_FOR_MS } from '../../server/pages/in-sight';

/** Whether the browser's tab is seen: what streams to it ends some seconds after it no longer is, as on the service's pages. */
export class PageSight {
  constructor() {
    document.addEventListener('visibilitychange', this._look);
  }

  get isInSight(): boolean {
    return this._isInSight;
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** Look no more. */
  dispose(): void {
    document.removeEventListener('visibilitychange', this._look);
    clearTimeout(this._hidden);
    Signal.clearData(this);
  }

  private readonly _look = (): void => {
    clearTimeout(this._hidden);
    if (document.visibilityState === 'visible') {
      this._set(true);
    } else {
      this._hidden = setTimeout(() => this._set(false), HIDDEN_FOR_MS);
    }
  };

  private _set(isInSight: boolean): void {
    if (this._isInSight !== isInSight) {
      this._isInSight = isInSight;
      this._changed.emit();
    }
  }

  private readonly _changed = new Signal<this, void>(this);
  private _isInSight = document.visibilityState === 'visible';
  private _hidden: ReturnType<typeof setTimeout> | undefined;
}
