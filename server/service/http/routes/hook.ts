import { createHash, timingSafeEqual } from 'node:crypto';
import type { Socket } from 'node:net';

import type { FastifyRequest } from 'fastify';

import { HOOK, ServerNews, ServerPod, StartReply, StartRequest } from '../../../contract';
import { notSignedIn } from '../../access/scopes';
import type { Context } from '../../context';
import { inPlainWords } from '../../hub/cluster-words';
import type { App } from '../app';
import { tokenOf } from '../authentication';
import { replies } from './replies';

/** What the Hub's hook asks before it starts a server whose name begins with `dash-`, and tells of one that has ended. */
export function hookRoutes(app: App, { config, dashboards, hearPod, serverLog, startSpecifications }: Context): void {
  const key = digest(config.hookKey);
  const onRequest = async (request: FastifyRequest) => {
    // Digests are of one length, so that the comparison takes the same time for every guess.
    if (!timingSafeEqual(digest(tokenOf(request)), key)) {
      throw notSignedIn();
    }
  };

  app.post(
    `/${HOOK.startSpecification}`,
    { schema: { hide: true, body: StartRequest, response: replies(StartReply) }, onRequest },
    async request => startSpecifications(request.body, () => isAwaited(request.raw.socket))
  );

  app.post(`/${HOOK.serverPod}`, { schema: { hide: true, body: ServerPod }, onRequest }, async (request, reply) => {
    await hearPod(request.body);
    return reply.status(204).send();
  });

  app.post(`/${HOOK.serverNews}`, { schema: { hide: true, body: ServerNews }, onRequest }, async (request, reply) => {
    const { userName, serverName, events } = request.body;
    const found = await dashboards.byServer(userName, serverName);
    if (found) {
      await serverLog.ended(
        found.dashboard,
        events.map(inPlainWords).filter(news => news !== null)
      );
    }
    return reply.status(204).send();
  });
}

/** Whether somebody waits for an answer on this connection. What has come on it meanwhile is heard first. */
async function isAwaited(socket: Socket): Promise<boolean> {
  await new Promise(setImmediate);
  return !socket.readableEnded && !socket.destroyed;
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
