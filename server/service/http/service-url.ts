import type { FastifyRequest } from 'fastify';

import type { Context } from '../context';

/**
 * Absolute URL of the service for whoever asks, with a slash at the end. While no public URL is configured it is the
 * host that the request came to; that text goes back to nobody but the one who sent it.
 */
export function serviceUrl({ addresses }: Context, request: FastifyRequest): string {
  if (addresses.serviceOrigin) {
    return addresses.serviceUrl;
  }
  const host = request.headers.host ?? '';
  const safe = /^[a-z0-9.-]+(?::\d{1,5})?$|^\[[0-9a-f:]+\](?::\d{1,5})?$/i.test(host) ? host : 'localhost';
  return `${forwardedProtocol(request)}://${safe}${addresses.prefix}`;
}

/** `https` when the outermost proxy says so: configurable-http-proxy passes that on. */
export function forwardedProtocol(request: FastifyRequest): 'http' | 'https' {
  const [first] = String(request.headers['x-forwarded-proto'] ?? '').split(',');
  return first?.trim().toLowerCase() === 'https' ? 'https' : 'http';
}
