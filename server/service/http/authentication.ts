import type { FastifyRequest } from 'fastify';

import type { Identity } from '../access/hub-people';
import { admitCaller, notSignedIn } from '../access/scopes';
import type { Context } from '../context';

export type Caller = Pick<Identity, 'name' | 'admin' | 'groups'>;

const callers = new WeakMap<FastifyRequest, Caller>();

/** Hook of all routes that people call: lets in who may call the API, before the body is looked at. */
export function requireCaller(context: Context): (request: FastifyRequest) => Promise<void> {
  return async request => {
    callers.set(request, await admit(context, tokenOf(request)));
  };
}

/** @throws ServiceError when this token may not, or no longer, call the API */
export async function admit({ identities }: Context, token: string): Promise<Caller> {
  const identity = await identities.of(token);
  admitCaller(identity);
  return identity;
}

/** Who calls. Only behind `requireCaller`. */
export function callerOf(request: FastifyRequest): Caller {
  const caller = callers.get(request);
  if (!caller) {
    throw notSignedIn();
  }
  return caller;
}

/** `Authorization: token …` (JupyterHub's form) or `Bearer …`. Cookies and query parameters are not looked at. */
export function tokenOf(request: FastifyRequest): string {
  const [, token] = /^(?:token|bearer) +([\x21-\x7e]{1,500}) *$/i.exec(request.headers.authorization ?? '') ?? [];
  if (!token) {
    throw notSignedIn();
  }
  return token;
}
