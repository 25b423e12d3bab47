import { IDENTITY_HEADER_PREFIX } from '../../contract/names';

/** Who looks, as the app is told. */
export interface Identity {
  name: string;
  groups: readonly string[];
}

/** Names and beginnings of names by which proxies tell apps who is signed in; also httpoxy's `Proxy`. */
const EXACT = new Set([
  'proxy',
  'forwarded',
  'x-forwarded-user',
  'x-forwarded-email',
  'x-forwarded-groups',
  'x-forwarded-preferred-username',
  'x-forwarded-access-token',
  'x-forwarded-id-token',
  'x-forwarded-prefix',
  'x-forwarded-uri',
  'x-forwarded-ssl',
  'x-forwarded-scheme',
  'x-forwarded-port',
  'x-forwarded-proto',
  'x-forwarded-host',
  'x-forwarded-server',
  'x-scheme',
  'x-script-name',
  'x-original-url',
  'x-rewrite-url',
  'x-user',
  'x-username',
  'x-email',
  'x-groups'
]);
const BEGINNINGS = [
  IDENTITY_HEADER_PREFIX,
  'remote-',
  'x-remote-',
  'x-auth-',
  'x-authenticated-',
  'x-authentik-',
  'x-webauth-',
  'x-user-',
  'x-jupyterhub-',
  'x-goog-authenticated-',
  'x-goog-iap-',
  'x-ms-client-principal',
  'x-ms-token-',
  'x-amzn-oidc-',
  'x-pomerium-',
  'x-vouch-',
  'x-ssl-client',
  'x-client-cert',
  'cf-access-',
  'ssl-client'
];

/** The same few names come with every request. */
const VERDICTS = new Map<string, boolean>();
const REMEMBERED = 500;

/**
 * Whether a client may send this header to an app. Names with anything but letters, digits and hyphens never pass:
 * servers after CGI's manner read `X_Dashboards_User` as `X-Dashboards-User`.
 */
export function mayReachApp(name: string): boolean {
  const lower = name.toLowerCase();
  const known = VERDICTS.get(lower);
  if (known !== undefined) {
    return known;
  }
  const verdict =
    /^[a-z0-9-]+$/.test(lower) && !EXACT.has(lower) && !BEGINNINGS.some(beginning => lower.startsWith(beginning));
  if (VERDICTS.size < REMEMBERED) {
    VERDICTS.set(lower, verdict);
  }
  return verdict;
}

/**
 * A name for a header: `decodeURIComponent` gives it back. Everything outside printable ASCII is percent-encoded, and so
 * are `%` and the comma that separates groups.
 */
export function headerText(text: string): string {
  // Through UTF-8 and back: a lone half of a surrogate pair would make encodeURIComponent throw.
  return Buffer.from(text)
    .toString()
    .replace(/^ | $|[^\x20-\x7e]+|[%,]/gu, part => encodeURIComponent(part));
}

/** Made once for each viewer, and not for each request. */
const KNOWN = new WeakMap<Identity, readonly (readonly [string, string])[]>();

/** The headers that tell the app who looks. An identity does not change. */
export function identityHeaders(identity: Identity): readonly (readonly [string, string])[] {
  const known = KNOWN.get(identity);
  if (known !== undefined) {
    return known;
  }
  const made = [
    ['X-Dashboards-User', headerText(identity.name)],
    ['X-Dashboards-Groups', identity.groups.map(headerText).join(',')]
  ] as const;
  KNOWN.set(identity, made);
  return made;
}
