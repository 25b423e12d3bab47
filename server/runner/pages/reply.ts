import type { ServerResponse } from 'node:http';

import { ASSET_CACHING } from '../../pages/asset-name';
import type { Html } from '../../pages/html';

const SECURITY = {
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cache-Control': 'no-store'
};
const POLICY = [
  "default-src 'none'",
  "style-src 'self'",
  "script-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'"
].join('; ');

/** Sends a page of the runner's own. */
export function sendPage(response: ServerResponse, status: number, page: Html): void {
  send(response, status, 'text/html; charset=utf-8', page.text, { 'Content-Security-Policy': POLICY });
}

/** Sends a small reply for programs. */
export function sendError(response: ServerResponse, status: number, message: string): void {
  send(response, status, 'application/json', JSON.stringify({ error: { message } }));
}

/** Sends an answer for programs. */
export function sendJson(response: ServerResponse, status: number, body: object): void {
  send(response, status, 'application/json', JSON.stringify(body));
}

/** Sends a script or style of the runner's own pages. */
export function sendAsset(response: ServerResponse, type: string, content: string): void {
  send(response, 200, type, content, { 'Cache-Control': ASSET_CACHING });
}

export function sendNothing(response: ServerResponse, status = 204): void {
  response.writeHead(status, SECURITY).end();
}

/** Leads the browser to `location`, which is ours to choose. */
export function redirect(response: ServerResponse, location: string): void {
  response.writeHead(302, { ...SECURITY, Location: location, 'Content-Length': 0 }).end();
}

function send(
  response: ServerResponse,
  status: number,
  type: string,
  content: string,
  headers: Record<string, string> = {}
): void {
  response
    .writeHead(status, {
      ...SECURITY,
      ...(status === 503 ? { 'Retry-After': '1' } : {}),
      'Content-Type': type,
      'Content-Length': Buffer.byteLength(content),
      ...headers
    })
    .end(content);
}
