import type { Context } from '../context';
import type { App } from './app';

/**
 * With a domain per user, Lab calls the service from another origin: exactly the users' own origins may. Everywhere else
 * Lab shares the service's origin, and no other may call.
 */
export function allowUserOrigins(app: App, { config }: Context): void {
  const { subdomainHost } = config;
  if (!subdomainHost) {
    return;
  }
  app.addHook('onRequest', async (request, reply) => {
    void reply.header('vary', 'Origin');
    const { origin } = request.headers;
    if (origin && isUserOrigin(origin, subdomainHost)) {
      void reply.header('access-control-allow-origin', origin);
      if (request.method === 'OPTIONS' && request.headers['access-control-request-method']) {
        return reply
          .code(204)
          .header('access-control-allow-methods', 'GET, POST, PATCH, DELETE')
          .header('access-control-allow-headers', 'authorization, content-type, idempotency-key, last-event-id')
          .header('access-control-max-age', '600')
          .send();
      }
    }
  });
  // A route of its own, or the preflight would not be found and the hook above not be run.
  app.options('*', { schema: { hide: true } }, async (_request, reply) => reply.code(204).send());
}

/** `https://alice.hub.example.org` on a hub at `https://hub.example.org`; not `services.`, where no user is. */
export function isUserOrigin(origin: string, subdomainHost: string): boolean {
  const [scheme, domain] = subdomainHost.toLowerCase().split('://');
  const match = /^(https?):\/\/([a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)\.(.+)$/.exec(origin);
  return match !== null && match[1] === scheme && match[3] === domain && match[2] !== 'services';
}
