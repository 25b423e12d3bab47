import { UUID } from '@lumino/coreutils';

import type { Place, PublishRequest } from '../../server/contract';
import { DashboardsError } from '../dashboards/errors';

/** Names what is being submitted: the same thing sent again, after an answer was lost, has the same key. */
export class SubmissionKey {
  /**
   * Send `request` under its key; under a new one where what was made under that key has been deleted since: whoever
   * publishes it again wants it anew.
   *
   * @param place what was seen of its files; of the same thing sent again, what went with it the first time
   */
  async submit<T>(
    request: PublishRequest,
    place: Place | null,
    send: (request: PublishRequest, key: string) => Promise<T>
  ): Promise<T> {
    try {
      return await this._send(request, place, send);
    } catch (error) {
      if (!(error instanceof DashboardsError && error.code === 'state_conflict')) {
        throw error;
      }
      this._content = '';
      return this._send(request, place, send);
    }
  }

  private _send<T>(
    request: PublishRequest,
    place: Place | null,
    send: (request: PublishRequest, key: string) => Promise<T>
  ): Promise<T> {
    const content = JSON.stringify(request);
    if (content !== this._content) {
      this._content = content;
      this._key = UUID.uuid4();
      this._place = place;
    }
    return send(this._place === null ? request : { ...request, place: this._place }, this._key);
  }

  private _content = '';
  private _key = '';
  private _place: Place | null = null;
}
