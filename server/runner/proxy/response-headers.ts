import { cookieFromApp } from './cookies';
import { endToEnd, type HeaderPair } from './hop-by-hop';

/** Headers by which one app would decide for the whole origin, or for paths that are not its own. */
const ORIGIN_WIDE = new Set([
  'alt-svc',
  'accept-ch',
  'clear-site-data',
  'nel',
  'origin-agent-cluster',
  'public-key-pins',
  'report-to',
  'service-worker-allowed',
  'set-login',
  'strict-transport-security'
]);

/** The headers of an app's reply as the browser gets them. */
export function headersFromApp(headers: readonly HeaderPair[], prefix: string): HeaderPair[] {
  const passed: HeaderPair[] = [];
  for (const [name, value] of endToEnd(headers)) {
    const lower = name.toLowerCase();
    if (ORIGIN_WIDE.has(lower)) {
      continue;
    }
    const kept = lower === 'set-cookie' ? cookieFromApp(value, prefix) : value;
    if (kept !== null) {
      passed.push([name, kept]);
    }
  }
  return passed;
}
