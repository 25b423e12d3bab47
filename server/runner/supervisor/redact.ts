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

/**
 * Puts the dashboard's link in the place of the app's own address, which frameworks print when they start: it answers on
 * this machine alone, and to whoever is on it, signed in or not.
 */
export function hideAddress(line: string, port: number): string {
  const address = new RegExp(`https?://[\\w.-]+:${port}(?!\\d)(?:/[^\\s"'<>\\u001b]*)?`, 'g');
  return line.replace(address, "the dashboard's link");
}
