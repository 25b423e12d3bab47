import type { Config } from './config';
import type { Environment } from './env';

/** Where browsers find the service and the Hub. */
export interface Addresses {
  /** Origin of the service, or null: whatever host the request came to. */
  serviceOrigin: string | null;
  /** Base URL of the service with a slash at the end; a bare path while its origin is not known. */
  serviceUrl: string;
  /** The Hub's own pages, with a slash at the end: a URL, or a path. */
  hubUrl: string;
  /** Path of the service, with slashes at both ends. */
  prefix: string;
  /** The Hub's base path, with slashes at both ends. */
  baseUrl: string;
}

export function createAddresses(config: Config, env: Environment): Addresses {
  const { prefix, baseUrl } = env;
  const hubOrigin = config.subdomainHost ?? (config.hubUrl && new URL(config.hubUrl).origin);
  const serviceOrigin = config.subdomainHost ? servicesHost(config.subdomainHost, env.callbackUrl) : hubOrigin;
  return {
    serviceOrigin,
    serviceUrl: (serviceOrigin ?? '') + prefix,
    hubUrl: `${hubOrigin ?? ''}${baseUrl}hub/`,
    prefix,
    baseUrl
  };
}

/** With a domain per user, all services live at `services.<domain>`; the Hub writes that host into the callback URL. */
function servicesHost(subdomainHost: string, callbackUrl: string): string {
  if (/^https?:\/\//.test(callbackUrl)) {
    return new URL(callbackUrl).origin;
  }
  const { protocol, host } = new URL(subdomainHost);
  return `${protocol}//services.${host}`;
}
