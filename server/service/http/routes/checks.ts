import { Type } from 'typebox';

import { CheckRemoval, CheckReply } from '../../../contract';
import type { Context } from '../../context';
import type { App } from '../app';
import { callerOf, type Caller } from '../authentication';
import { notAllowed } from '../visible';
import { replies } from './replies';

const CheckParams = Type.Object({ serverName: Type.String({ minLength: 1, maxLength: 100 }) });

/** What the command `jupyterhub-dashboards check` asks, for administrators. */
export function checkRoutes(app: App, { checks }: Context): void {
  app.post('/checks', { schema: { hide: true, response: replies(CheckReply, 201) } }, async (request, reply) => {
    const { name } = administrator(callerOf(request));
    const check = await checks.begin(name);
    reply.code(201);
    return check;
  });

  app.delete(
    '/checks/:serverName',
    { schema: { hide: true, params: CheckParams, response: replies(CheckRemoval) } },
    async request => checks.remove(administrator(callerOf(request)).name, request.params.serverName)
  );
}

function administrator(caller: Caller): Caller {
  if (!caller.admin) {
    throw notAllowed(caller, 'Only administrators can check this hub.', 'Ask an administrator of this hub.');
  }
  return caller;
}
