import type { FastifyReply, FastifyRequest } from 'fastify';

import { SESSION_MAX_AGE_MS, type SignedIn } from '../access/viewers';
import type { Context } from '../context';
import { cookieName, hubCookie, readCookie, setCookie } from './cookies';

/** Name of the cookie that says who looks, after `__Secure-` with https. */
export const VIEWER_COOKIE = 'dashboards-viewer';
const known = new WeakMap<FastifyRequest, SignedIn>();

/** Value of the cookie that says who looks, or undefined. */
export function viewerCookie(context: Context, request: FastifyRequest): string | undefined {
  return readCookie(request, cookieName(context, request, VIEWER_COOKIE));
}

/** Who looks, by our own cookie. Null: has to sign in. */
export async function signedIn(context: Context, request: FastifyRequest): Promise<SignedIn | null> {
  const session = await context.viewers.of(viewerCookie(context, request), hubCookie(request));
  if (session) {
    known.set(request, session);
  }
  return session;
}

/** What `signedIn` has found out about this request, for the frame of a page. */
export function knownSession(request: FastifyRequest): SignedIn | null {
  return known.get(request) ?? null;
}

/** Keeps `value` in the browser; the empty text ends it there. */
export function setViewerCookie(context: Context, request: FastifyRequest, reply: FastifyReply, value: string): void {
  setCookie(context, request, reply, {
    name: VIEWER_COOKIE,
    value,
    path: context.addresses.prefix,
    maxAgeSeconds: value ? SESSION_MAX_AGE_MS / 1_000 : 0
  });
}
