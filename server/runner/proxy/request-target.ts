/** Where a request wants to go, in words of the runner. Paths are raw, exactly as they came. */
export type Destination =
  /** Not under this server's prefix. */
  | { kind: 'outside' }
  /** No sane client sends this. */
  | { kind: 'malformed' }
  /** The same address with the slash it lacks. */
  | { kind: 'add-slash'; location: string }
  /** Pages of the runner itself; `page` is the path after `_dashboards/`. */
  | { kind: 'runner'; page: string; query: string }
  /** A version's app. `path` is the whole path and query for it, `rest` the part after `v/<n>/`. */
  | { kind: 'version'; version: number; path: string; rest: string }
  /** The server's root and everything unknown; `rest` is path and query after the prefix. */
  | { kind: 'other'; rest: string };

const MAX_TARGET = 32_768;
const PRINTABLE = /^[\x21-\x7e\x80-\xff]*$/;
/** Without two dots in a row, written in whichever way, nothing climbs. */
const DOTS = /(?:\.|%2e){2}/i;
const VERSION = /^v\/([1-9]\d{0,8})(\/|$)/;

/** Reads a request target. Host names in it never count: absolute-form is refused as a whole. */
export function parseDestination(target: string, prefix: string, runnerSegment: string): Destination {
  if (!target.startsWith('/') || target.length > MAX_TARGET || !PRINTABLE.test(target) || target.includes('#')) {
    return { kind: 'malformed' };
  }
  const at = target.indexOf('?');
  const path = at < 0 ? target : target.slice(0, at);
  const query = at < 0 ? '' : target.slice(at);
  if (path.includes('\\')) {
    // Browsers take it for a slash and never send it in a path.
    return { kind: 'malformed' };
  }
  if (`${path}/` === prefix) {
    return { kind: 'add-slash', location: prefix + query };
  }
  if (!path.startsWith(prefix)) {
    return { kind: 'outside' };
  }
  const rest = path.slice(prefix.length);
  if (climbsOut(rest)) {
    return { kind: 'malformed' };
  }
  if (rest === runnerSegment || rest.startsWith(`${runnerSegment}/`)) {
    return { kind: 'runner', page: rest.slice(runnerSegment.length + 1), query };
  }
  const version = VERSION.exec(rest);
  if (version === null) {
    return { kind: 'other', rest: rest + query };
  }
  if (version[2] !== '/') {
    return { kind: 'add-slash', location: `${path}/${query}` };
  }
  const below = rest.slice(version[0].length);
  if (climbsOut(below)) {
    return { kind: 'malformed' };
  }
  return { kind: 'version', version: Number(version[1]), path: target, rest: below + query };
}

/**
 * Whether `..` segments of `path` lead above its start for a reader that decodes `%2e`, `%2f` and `%5c`. Apps get their
 * paths unchanged, so what such a reader would make of them has to be known here.
 */
export function climbsOut(path: string): boolean {
  if (!DOTS.test(path)) {
    return false;
  }
  const decoded = path.replace(/%2e/gi, '.').replace(/%2f|%5c/gi, '/');
  let depth = 0;
  for (const segment of decoded.split('/')) {
    if (segment === '..') {
      depth -= 1;
      if (depth < 0) {
        return true;
      }
    } else if (segment !== '' && segment !== '.') {
      depth += 1;
    }
  }
  return false;
}

/** `next` as a path under `prefix`, or the prefix itself when it would lead anywhere else. */
export function pathUnder(prefix: string, next: string): string {
  const relative = next.startsWith('/') ? next.slice(1) : next;
  if (relative.length > MAX_TARGET || /[\\\x00-\x20\x7f]/.test(relative) || relative.startsWith('/')) {
    return prefix;
  }
  const base = 'http://dashboard.invalid';
  const url = URL.canParse(prefix + relative, base) ? new URL(prefix + relative, base) : null;
  if (url === null || url.origin !== base || !url.pathname.startsWith(prefix)) {
    return prefix;
  }
  return url.pathname + url.search;
}
