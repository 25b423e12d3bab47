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

const CONNECTION = 'connection';
/** A sender cannot have these removed by naming them: they frame the message, or say whose it is. */
const LASTING = new Set(['content-length', 'host', 'cookie', 'set-cookie']);

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
  const named = namedByConnection(headers);
  return headers.filter(([name]) => {
    const lower = name.toLowerCase();
    return !HOP_BY_HOP.has(lower) && !named.includes(lower);
  });
}

/** Nearly always empty, or a word that is no header. */
function namedByConnection(headers: readonly HeaderPair[]): string[] {
  let named: string[] = [];
  for (const [name, value] of headers) {
    if (name.length === CONNECTION.length && name.toLowerCase() === CONNECTION) {
      named = named.concat(value.split(',').map(token => token.trim().toLowerCase()));
    }
  }
  return named.filter(name => !LASTING.has(name));
}

/** The pairs as `writeHead` takes them. */
export function flatten(headers: readonly HeaderPair[]): string[] {
  const flat: string[] = [];
  for (const [name, value] of headers) {
    flat.push(name, value);
  }
  return flat;
}
