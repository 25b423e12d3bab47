import { UUID } from '@lumino/coreutils';

import type { PublishRequest } from '../../server/contract';

/** Names what is being submitted: the same thing sent again, after an answer was lost, has the same key. */
export class SubmissionKey {
  of(request: PublishRequest): string {
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
