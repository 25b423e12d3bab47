/** Headers that concern one connection and never pass a proxy (RFC 9110, 7.6.1), with the old ones still in use. */
const HOP_BY_HOP = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-authentication-info',
  'proxy-connection',
  'te',
  'trailer',
  'trailers',
  'transfer-encoding',
  'upgrade',
  'http2-settings'
]);

/** One header as it stood on the wire. */
export type HeaderPair = readonly [name: string, value: string];

/** Node's flat list of raw headers in pairs. */
export function headerPairs(raw: readonly string[]): HeaderPair[] {
  const pairs: HeaderPair[] = [];
  for (let at = 0; at + 1 < raw.length; at += 2) {
    pairs.push([raw[at] as string, raw[at + 1] as string]);
  }
  return pairs;
}

/** The headers that may pass, without those that `Connection` names. */
export function endToEnd(headers: readonly HeaderPair[]): HeaderPair[] {
  const named = new Set<string>();
  for (const [name, value] of headers) {
    if (name.toLowerCase() === 'connection') {
      value.split(',').forEach(token => named.add(token.trim().toLowerCase()));
    }
  }
  // A sender cannot have the framing removed by naming it.
  ['content-length', 'host', 'cookie', 'set-cookie'].forEach(name => named.delete(name));
  return headers.filter(([name]) => {
    const lower = name.toLowerCase();
    return !HOP_BY_HOP.has(lower) && !named.has(lower);
  });
}

/** The pairs as undici and `writeHead` take them. */
export function flatten(headers: readonly HeaderPair[]): string[] {
  return headers.flatMap(([name, value]) => [name, value]);
}
