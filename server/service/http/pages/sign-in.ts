import type { FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { Value } from 'typebox/value';

import type { Context } from '../../context';
import { randomId } from '../../dashboards/ids';
import { ServiceError } from '../../errors';
import type { App } from '../app';
import { cookieName, hubCookie, readCookie, setCookie } from '../cookies';
import { setViewerCookie } from '../viewer-session';

const STATE_COOKIE = 'dashboards-state-';
const STATE_SECONDS = 600;

const State = Type.Object({ id: Type.String(), next: Type.String(), until: Type.Number() });
const Callback = Type.Object({
  code: Type.Optional(Type.String({ maxLength: 500 })),
  state: Type.Optional(Type.String({ pattern: '^[a-z2-7]{1,40}$' })),
  error: Type.Optional(Type.String({ maxLength: 500 }))
});

/** Bytes of name and value. Browsers drop cookies of more than 4,096. */
const MAX_COOKIE = 4_000;

/**
 * Sends the browser to the Hub's sign-in, and back to `address` afterwards, by default this very one; to `start`, its
 * beginning, where it is too long to be kept meanwhile.
 */
export function askToSignIn(
  context: Context,
  request: FastifyRequest,
  reply: FastifyReply,
  { address = request.url, start = pathOf(address) }: { address?: string; start?: string } = {}
): FastifyReply {
  const { addresses, clock, keys, oauth } = context;
  const id = randomId(20);
  const name = STATE_COOKIE + id;
  const until = clock() + STATE_SECONDS * 1_000;
  const state = (next: string): string => keys.seal(JSON.stringify({ id, next, until }));
  const whole = state(address);
  setCookie(context, request, reply, {
    name,
    value: cookieName(context, request, name).length + whole.length <= MAX_COOKIE ? whole : state(start),
    path: `${addresses.prefix}oauth_callback`,
    maxAgeSeconds: STATE_SECONDS
  });
  const query = new URLSearchParams({
    client_id: oauth.clientId,
    redirect_uri: oauth.callbackUrl,
    response_type: 'code',
    state: id
  });
  return reply.header('cache-control', 'no-store').redirect(`${addresses.hubUrl}api/oauth2/authorize?${query}`, 302);
}

function pathOf(address: string): string {
  return address.split('?', 1)[0] ?? '';
}

/** Coming back from the Hub. */
export function signInRoutes(app: App, context: Context): void {
  const { addresses, clock, keys, viewers } = context;

  function openState(request: FastifyRequest, id: string | undefined): { id: string; next: string } | null {
    const sealed = id && readCookie(request, cookieName(context, request, STATE_COOKIE + id));
    const state: unknown = sealed ? JSON.parse(keys.open(sealed) ?? 'null') : null;
    return Value.Check(State, state) && state.id === id && state.until > clock() ? state : null;
  }

  app.get('/oauth_callback', { schema: { hide: true, querystring: Callback } }, async (request, reply) => {
    const { code, state: id, error } = request.query;
    const state = openState(request, id);
    if (!state || !code || error) {
      throw new ServiceError(
        'not_signed_in',
        400,
        error
          ? 'JupyterHub did not sign you in.'
          : 'This sign-in is over: it took too long, or was begun in another window.',
        "Open the dashboard's link once more."
      );
    }
    const cookie = await viewers.signIn(code, hubCookie(request));
    if (!cookie) {
      throw new ServiceError(
        'not_signed_in',
        400,
        'JupyterHub did not sign you in.',
        "Open the dashboard's link once more."
      );
    }
    setViewerCookie(context, request, reply, cookie);
    setCookie(context, request, reply, {
      name: STATE_COOKIE + state.id,
      value: '',
      path: `${addresses.prefix}oauth_callback`,
      maxAgeSeconds: 0
    });
    // `next` was this service's own request path, sealed by it.
    return reply.header('cache-control', 'no-store').redirect(state.next, 302);
  });
}
