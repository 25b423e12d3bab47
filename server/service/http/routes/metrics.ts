import { Type } from 'typebox';

import { ErrorReply } from '../../../contract';
import { admitCaller, notSignedIn } from '../../access/scopes';
import type { Context } from '../../context';
import { EXPOSITION_TYPE } from '../../metrics/exposition';
import type { App } from '../app';
import { tokenOf } from '../authentication';
import { notAllowed } from '../visible';

const METRICS_SCOPE = 'read:metrics';

/** For Prometheus: a token that may read the Hub's own metrics may read these, also that of a service. */
export function metricsRoute(app: App, { identities, metrics }: Context): void {
  app.get(
    '/metrics',
    {
      schema: { response: { 200: Type.String(), '4xx': ErrorReply, '5xx': ErrorReply } },
      onRequest: async request => {
        const identity = await identities.of(tokenOf(request));
        if (!identity) {
          throw notSignedIn();
        }
        if (!identity.scopes.includes(METRICS_SCOPE)) {
          admitCaller(identity);
          if (!identity.admin) {
            throw notAllowed(
              identity,
              'Only administrators can read the metrics.',
              `Use a token with the Hub's scope ${METRICS_SCOPE}.`
            );
          }
        }
      }
    },
    async (_request, reply) =>
      reply
        .type(EXPOSITION_TYPE)
        .header('cache-control', 'no-store')
        .send(await metrics())
  );
}
