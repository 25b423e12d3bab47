import { Type } from 'typebox';

import { ErrorReply, GitCredentialList, GitCredentialReply, GitCredentialRequest } from '../../../contract';
import type { Context } from '../../context';
import type { App } from '../app';
import { callerOf } from '../authentication';
import { IdParams, replies } from './replies';

/** Git credentials of the caller: stored, listed without what is secret, deleted. Nobody else sees them, administrators neither. */
export function gitCredentialRoutes(app: App, { gitCredentials }: Context): void {
  app.get('/git-credentials', { schema: { response: replies(GitCredentialList) } }, async request => ({
    credentials: await gitCredentials.of(callerOf(request).name)
  }));

  app.post(
    '/git-credentials',
    { schema: { body: GitCredentialRequest, response: replies(GitCredentialReply, 201) } },
    async (request, reply) => {
      const credential = await gitCredentials.add(callerOf(request).name, request.body);
      reply.code(201);
      return { credential };
    }
  );

  app.delete(
    '/git-credentials/:id',
    { schema: { params: IdParams, response: { 204: Type.Null(), '4xx': ErrorReply, '5xx': ErrorReply } } },
    async (request, reply) => {
      await gitCredentials.remove(callerOf(request).name, request.params.id);
      return reply.code(204).send(null);
    }
  );
}
