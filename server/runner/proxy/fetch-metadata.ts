import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';

import type { PublicAddress } from './public-address';

/** What kind of request a browser says it makes. */
export interface FetchKind {
  /** A page is being opened in a tab: the only kind that may be redirected to sign in. */
  navigation: boolean;
  /** Sent by a page of another origin, other than by opening this one in a tab. */
  foreign: boolean;
}

/** Judges by Fetch Metadata; browsers leave it out on plain http, then by `Accept` and `Origin`. */
export function fetchKind(request: IncomingMessage, address: PublicAddress): FetchKind {
  const headers = request.headers;
  const safe = request.method === 'GET' || request.method === 'HEAD';
  const mode = one(headers, 'sec-fetch-mode');
  const destination = one(headers, 'sec-fetch-dest');
  const navigation =
    safe &&
    (mode === null
      ? (headers.accept ?? '').includes('text/html')
      : mode === 'navigate' && (destination === null || destination === 'document'));
  const site = one(headers, 'sec-fetch-site');
  const foreign =
    site === null
      ? !navigation && !sameOrigin(headers.origin, address)
      : !navigation && site !== 'same-origin' && site !== 'none';
  return { navigation, foreign };
}

/** Whether `origin` (the header) names this very address; requests without the header are not a page's doing. */
export function sameOrigin(origin: string | undefined, address: PublicAddress): boolean {
  if (origin === undefined) {
    return true;
  }
  // Compared by host alone: who ends TLS in front of us may hide the scheme, and no attacker gains from that.
  const match = /^https?:\/\/([^/]+)$/i.exec(origin);
  return match !== null && URL.canParse(origin) && new URL(origin).host === hostFor(origin, address);
}

function hostFor(origin: string, address: PublicAddress): string {
  const scheme = new URL(origin).protocol;
  return URL.canParse(`${scheme}//${address.host}`) ? new URL(`${scheme}//${address.host}`).host : '';
}

function one(headers: IncomingHttpHeaders, name: string): string | null {
  const value = headers[name];
  return typeof value === 'string' ? value.toLowerCase() : null;
}
