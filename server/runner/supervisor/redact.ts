const HIDDEN = '[hidden]';

/** Tickets: base64url, a dot, and the 64 bytes of a signature. The look behind keeps the search short. */
const TICKET = /(?<![\w-])[\w-]{40,}\.[\w-]{86}(?![\w-])/g;
const AUTHORIZATION = /(authorization["']?\s{0,9}[:=]\s{0,9}["']?(?:token|bearer|basic)\s{1,9})[^\s"',]+/gi;
const QUERY = /([?&](?:token|ticket|code|access_token)=)[^&\s"'<>#]+/gi;
const COOKIE = /(dash-(?:session|flow-[\w-]{1,20})=)[\w-]+/g;

/**
 * Takes secrets out of lines that leave the author's server: the given ones, also as they stand in an address, and what
 * looks like a ticket, or like a token in an address, a cookie or a header.
 */
export function createRedaction(secrets: readonly string[]): (line: string) => string {
  const known = [...new Set(secrets.flatMap(secret => [secret, encodeURIComponent(secret)]))].filter(Boolean);
  return line => {
    let clean = line;
    for (const secret of known) {
      clean = clean.replaceAll(secret, HIDDEN);
    }
    return clean
      .replace(TICKET, HIDDEN)
      .replace(AUTHORIZATION, `$1${HIDDEN}`)
      .replace(QUERY, `$1${HIDDEN}`)
      .replace(COOKIE, `$1${HIDDEN}`);
  };
}
