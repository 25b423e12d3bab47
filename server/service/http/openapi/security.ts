import { XSRF } from '../../../contract';
import { PAGE_CHANGES } from '../cookie-caller';
import { VIEWER_COOKIE } from '../viewer-session';
import type { Operation } from './operations';

/** How callers show who they are. */
export const SECURITY_SCHEMES = {
  token: {
    type: 'apiKey',
    in: 'header',
    name: 'Authorization',
    description: '`token` and a JupyterHub token, or `Bearer` and one.'
  },
  cookie: {
    type: 'apiKey',
    in: 'cookie',
    name: `__Secure-${VIEWER_COOKIE}`,
    description: `For the service's own pages, with \`Sec-Fetch-Site: same-origin\`, and where there is no \`Authorization\` header. Without https its name is \`${VIEWER_COOKIE}\`.`
  },
  xsrf: {
    type: 'apiKey',
    in: 'header',
    name: XSRF.header,
    description: `For changes, along with the cookie: what the page has in \`<meta name="${XSRF.meta}">\`.`
  }
} as const;

type Scheme = keyof typeof SECURITY_SCHEMES;

/**
 * Which proofs one operation takes: one of several sets, in each of which all are needed.
 * @param route method and path below the API, as in `OPERATIONS`
 */
export function securityOf(route: string, { open, tokenAlone }: Operation): Partial<Record<Scheme, []>>[] {
  if (open) {
    return [];
  }
  if (tokenAlone) {
    return [{ token: [] }];
  }
  if (route.startsWith('GET ')) {
    return [{ token: [] }, { cookie: [] }];
  }
  return PAGE_CHANGES.has(route.replace('{id}', ':id')) ? [{ token: [] }, { cookie: [], xsrf: [] }] : [{ token: [] }];
}
