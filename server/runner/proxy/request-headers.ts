import { cookiesForApp } from './cookies';
import { endToEnd, type HeaderPair } from './hop-by-hop';
import { identityHeaders, mayReachApp, type Identity } from './identity-headers';
import type { PublicAddress } from './public-address';

/** Tokens that the Hub issues are 32 hexadecimal digits; a bearer token of the app's own passes. */
const HUB_AUTHORIZATION = /^\s*(?:token\s|bearer\s+[0-9a-f]{32}\s*$)/i;

/** The headers of a viewer's request as the app gets them: nothing that signs in anywhere else, and who looks. */
export function headersForApp(
  headers: readonly HeaderPair[],
  identity: Identity,
  address: PublicAddress
): HeaderPair[] {
  const passed: HeaderPair[] = [];
  for (const [name, value] of endToEnd(headers)) {
    const lower = name.toLowerCase();
    if (!mayReachApp(lower) || lower === 'expect' || lower === 'host') {
      continue;
    }
    if (lower === 'cookie') {
      const cookies = cookiesForApp(value);
      if (cookies !== null) {
        passed.push([name, cookies]);
      }
    } else if (lower !== 'authorization' || !HUB_AUTHORIZATION.test(value)) {
      passed.push([name, value]);
    }
  }
  return [
    ['Host', address.host],
    ...passed,
    ['X-Forwarded-Proto', address.scheme],
    ['X-Forwarded-Host', address.host],
    ...identityHeaders(identity)
  ];
}
