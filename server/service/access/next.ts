import { carriedNext } from '../../contract';

/**
 * Path and query below a dashboard's server, as it is appended to the server's own address. Whatever could lead out of
 * it, or is longer than a sign-in can carry, becomes the empty text, which is the dashboard's front page. The runner's own paths are no place to go to either.
 */
export function safeNext(next: unknown): string {
  if (typeof next !== 'string' || carriedNext(next) === '') {
    return '';
  }
  const relative = next.replace(/^\/+/, '');
  const [path = ''] = relative.split(/[?#]/, 1);
  const decoded = decodeFully(path);
  if (
    decoded === null ||
    /[\u0000-\u0020\u007f\\]/.test(relative) ||
    /[\u0000-\u001f\\]/.test(decoded) ||
    /^[a-z][a-z0-9+.-]*:/i.test(decoded) ||
    decoded.split('/').some(segment => segment === '..' || segment === '.') ||
    decoded.startsWith('/') ||
    decoded.startsWith('_dashboards')
  ) {
    return '';
  }
  return relative;
}

/** Until nothing changes any more: what is encoded twice is decoded by somebody later. */
function decodeFully(path: string): string | null {
  let decoded = path;
  for (let round = 0; round < 5; round++) {
    let further: string;
    try {
      further = decodeURIComponent(decoded);
    } catch {
      return round === 0 ? null : decoded;
    }
    if (further === decoded) {
      return decoded;
    }
    decoded = further;
  }
  return null;
}
