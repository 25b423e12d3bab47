import type { FastifyReply, FastifyRequest } from 'fastify';

import type { Context } from '../context';
import { serviceUrl } from './service-url';

const HUB_SESSION = 'jupyterhub-session-id';

/** Value of a cookie, or undefined. */
export function readCookie(request: FastifyRequest, name: string): string | undefined {
  for (const part of (request.headers.cookie ?? '').split(';')) {
    const [key, ...value] = part.split('=');
    if (key?.trim() === name) {
      return value.join('=').trim();
    }
  }
  return undefined;
}

/** The Hub's own session cookie, which it sets for all its paths. */
export function hubCookie(request: FastifyRequest): string {
  return readCookie(request, HUB_SESSION) ?? '';
}

/** Name of one of our cookies; with https it has the prefix that keeps others from overwriting it unencrypted. */
export function cookieName(context: Context, request: FastifyRequest, name: string): string {
  return (secure(context, request) ? '__Secure-' : '') + name;
}

export function setCookie(
  context: Context,
  request: FastifyRequest,
  reply: FastifyReply,
  cookie: { name: string; value: string; path: string; maxAgeSeconds: number }
): void {
  const name = cookieName(context, request, cookie.name);
  const https = secure(context, request) ? '; Secure' : '';
  void reply.header(
    'set-cookie',
    `${name}=${cookie.value}; Path=${cookie.path}; Max-Age=${cookie.maxAgeSeconds}; HttpOnly; SameSite=Lax${https}`
  );
}

function secure(context: Context, request: FastifyRequest): boolean {
  return serviceUrl(context, request).startsWith('https:');
}
