import { Type } from 'typebox';

import { CheckRemoval, CheckReply, CheckRequest, CheckVolumes, CheckVolumesRequest } from '../../../contract';
import type { Context } from '../../context';
import type { App } from '../app';
import { callerOf, type Caller } from '../authentication';
import { notAllowed } from '../visible';
import { replies } from './replies';

/** The command of an older version sends none. */
const CheckBody = Type.Union([CheckRequest, Type.Null()]);
const CheckParams = Type.Object({ serverName: Type.String({ minLength: 1, maxLength: 100 }) });

/** What the command `jupyterhub-dashboards check` asks, for administrators. */
export function checkRoutes(app: App, { checks }: Context): void {
  app.post(
    '/checks',
    { schema: { hide: true, body: CheckBody, response: replies(CheckReply, 201) } },
    async (request, reply) => {
      const { name } = administrator(callerOf(request));
      const check = await checks.begin(name, request.body?.options);
      reply.code(201);
      return check;
    }
  );

  app.delete(
    '/checks/:serverName',
    { schema: { hide: true, params: CheckParams, response: replies(CheckRemoval) } },
    async request => checks.remove(administrator(callerOf(request)).name, request.params.serverName)
  );

  app.post(
    '/checks/:serverName/volumes',
    { schema: { hide: true, params: CheckParams, body: CheckVolumesRequest, response: replies(CheckVolumes) } },
    async request =>
      checks.volumes(administrator(callerOf(request)).name, request.params.serverName, request.body.folder)
  );

  app.delete(
    '/checks/:serverName/volumes',
    { schema: { hide: true, params: CheckParams, response: replies(CheckRemoval) } },
    async request => checks.removeVolumes(administrator(callerOf(request)).name, request.params.serverName)
  );
}

function administrator(caller: Caller): Caller {
  if (!caller.admin) {
    throw notAllowed(caller, 'Only administrators can check this hub.', 'Ask an administrator of this hub.');
  }
  return caller;
}
