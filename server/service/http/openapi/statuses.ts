import type { ErrorCode } from '../../../contract';
import type { Operation } from './operations';

/** Status of the errors that callers of the API are answered with; others are told about builds and dashboards only. */
const STATUS: Partial<Record<ErrorCode, number>> = {
  invalid_request: 400,
  framework_unknown: 400,
  strategy_forbidden: 400,
  git_address: 400,
  command_invalid: 400,
  audience_unknown: 400,
  not_signed_in: 401,
  scope_missing: 403,
  foreign_server: 403,
  xsrf_failed: 403,
  not_allowed: 403,
  publishing_forbidden: 403,
  sharing_needs_isolation: 403,
  audience_forbidden: 403,
  not_found: 404,
  name_taken: 409,
  version_not_ready: 409,
  build_running: 409,
  state_conflict: 409,
  idempotency_key_reused: 422,
  internal: 500,
  hub_unavailable: 503,
  service_unavailable: 503
};
/** What any route with a caller may answer. */
const ALWAYS: readonly ErrorCode[] = [
  'not_signed_in',
  'scope_missing',
  'foreign_server',
  'xsrf_failed',
  'internal',
  'hub_unavailable',
  'service_unavailable'
];

/** Statuses of a route's errors, each with the codes that come with it. */
export function errorStatuses(method: string, { errors, open, tokenAlone }: Operation): Map<number, string[]> {
  const changes = method !== 'GET';
  const always = tokenAlone ? ALWAYS.filter(code => code !== 'xsrf_failed') : ALWAYS;
  const codes: ErrorCode[] = open
    ? ['internal']
    : [...always, ...(changes ? (['not_allowed'] as const) : []), ...errors];
  const statuses = new Map<number, string[]>();
  const add = (status: number, code: ErrorCode) =>
    statuses.set(status, [...new Set([...(statuses.get(status) ?? []), code])]);
  for (const code of codes) {
    add(STATUS[code] ?? 500, code);
  }
  if (changes) {
    // A body that is too large, or none that this API reads.
    add(413, 'invalid_request');
    add(415, 'invalid_request');
  }
  return new Map([...statuses].sort(([a], [b]) => a - b));
}
