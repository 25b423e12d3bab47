import type { HeaderPair } from '../hop-by-hop';

/** What would end a line before its time. */
const BREAKS = /[\r\n\0]/;
/** Servers may refuse these with no word about a body. */
const WITH_BODY = /^(?:POST|PUT|PATCH)$/;

/** Request line and headers as they go to an app, in latin1. Throws a `TypeError` where one of them holds a line break. */
export function requestHead(method: string, path: string, headers: readonly HeaderPair[], chunked: boolean): string {
  let head = `${method} ${path} HTTP/1.1\r\n`;
  let told = chunked;
  for (const [name, value] of headers) {
    if (BREAKS.test(value) || BREAKS.test(name)) {
      throw new TypeError(`The header ${JSON.stringify(name)} holds a line break`);
    }
    head += `${name}: ${value}\r\n`;
    told ||= name.length === 14 && name.toLowerCase() === 'content-length';
  }
  if (chunked) {
    head += 'Transfer-Encoding: chunked\r\n';
  } else if (!told && WITH_BODY.test(method)) {
    head += 'Content-Length: 0\r\n';
  }
  return `${head}Connection: keep-alive\r\n\r\n`;
}
