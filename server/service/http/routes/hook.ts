import { createHash, timingSafeEqual } from 'node:crypto';

import { HOOK, StartReply, StartRequest } from '../../../contract';
import { notSignedIn } from '../../access/scopes';
import type { Context } from '../../context';
import type { App } from '../app';
import { tokenOf } from '../authentication';
import { replies } from './replies';

/** What the Hub's hook asks before it starts a server whose name begins with `dash-`. */
export function hookRoutes(app: App, { config, startSpecifications }: Context): void {
  const key = digest(config.hookKey);

  app.post(
    `/${HOOK.startSpecification}`,
    {
      schema: { hide: true, body: StartRequest, response: replies(StartReply) },
      onRequest: async request => {
        // Digests are of one length, so that the comparison takes the same time for every guess.
        if (!timingSafeEqual(digest(tokenOf(request)), key)) {
          throw notSignedIn();
        }
      }
    },
    async request => startSpecifications(request.body)
  );
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
