import type { FastifyReply, FastifyRequest } from 'fastify';

import type { Identity } from '../access/hub-people';
import { admitCaller, notSignedIn } from '../access/scopes';
import type { SignedIn } from '../access/viewers';
import type { Context } from '../context';
import { checkRename, createCookieCallers } from './cookie-caller';
import type { App } from './app';
import { refuseForeignPages } from './foreign-pages';

/** `scopes`: of the token, where they came with one. */
export type Caller = Pick<Identity, 'name' | 'admin' | 'groups'> & Partial<Pick<Identity, 'scopes'>>;

/** How somebody has shown who they are. */
type Proof = { token: string } | { session: SignedIn };

const callers = new WeakMap<FastifyRequest, { caller: Caller; proof: Proof }>();

/** All routes of this scope are for people with a token, or with the cookie of the service's own pages. */
export function requireCallers(app: App, context: Context): void {
  app.addHook('onRequest', requireCaller(context));
  app.addHook('preHandler', async request => {
    const proof = callers.get(request)?.proof;
    if (proof && 'session' in proof) {
      checkRename(request, proof.session);
    }
  });
}

/** Hook of routes that people call: lets in who may call the API, before the body is looked at. */
export function requireCaller(context: Context): (request: FastifyRequest, reply: FastifyReply) => Promise<void> {
  const byCookie = createCookieCallers(context);
  return async (request, reply) => {
    // Replies are for one person.
    void reply.headers({ 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' });
    // With an `Authorization` header the cookie is not looked at: one request has one proof.
    const proof: Proof =
      request.headers.authorization === undefined ? { session: await byCookie(request) } : { token: tokenOf(request) };
    if ('token' in proof) {
      refuseForeignPages(context, request);
    }
    const caller = 'token' in proof ? await admit(context, proof.token) : proof.session.viewer;
    callers.set(request, { caller, proof });
  };
}

/**
 * Who calls, asked once more, for streams that outlive a sign-in. Only behind `requireCaller`.
 * @throws ServiceError when they may not, or no longer, call the API
 */
export async function admitAgain(context: Context, request: FastifyRequest): Promise<Caller> {
  const proof = callers.get(request)?.proof;
  if (proof && 'token' in proof) {
    return admit(context, proof.token);
  }
  const session = proof && (await context.viewers.again(proof.session));
  if (!session) {
    throw notSignedIn();
  }
  return session.viewer;
}

/** @throws ServiceError when this token may not, or no longer, call the API */
async function admit({ identities }: Context, token: string): Promise<Caller> {
  const identity = await identities.of(token);
  admitCaller(identity);
  return identity;
}

/** Who calls. Only behind `requireCaller`. */
export function callerOf(request: FastifyRequest): Caller {
  const known = callers.get(request);
  if (!known) {
    throw notSignedIn();
  }
  return known.caller;
}

/** `Authorization: token …` (JupyterHub's form) or `Bearer …`. Cookies and query parameters are not looked at. */
export function tokenOf(request: FastifyRequest): string {
  const [, token] = /^(?:token|bearer) +([\x21-\x7e]{1,500}) *$/i.exec(request.headers.authorization ?? '') ?? [];
  if (!token) {
    throw notSignedIn();
  }
  return token;
}
