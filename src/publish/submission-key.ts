import { UUID } from '@lumino/coreutils';

import type { PublishRequest } from '../../server/contract';
import { DashboardsError } from '../dashboards/errors';

/** Names what is being submitted: the same thing sent again, after an answer was lost, has the same key. */
export class SubmissionKey {
  /**
   * Send `request` under its key; under a new one where what was made under that key has been deleted since: whoever
   * publishes it again wants it anew.
   */
  async submit<T>(request: PublishRequest, send: (key: string) => Promise<T>): Promise<T> {
    try {
      return await send(this._of(request));
    } catch (error) {
      if (!(error instanceof DashboardsError && error.code === 'state_conflict')) {
        throw error;
      }
      this._content = '';
      return send(this._of(request));
    }
  }

  private _of(request: PublishRequest): string {
    const content = JSON.stringify(request);
    if (content !== this._content) {
      this._content = content;
      this._key = UUID.uuid4();
    }
    return this._key;
  }

  private _content = '';
  private _key = '';
}
