/** Names that more than one part of the product has to agree on. */

/** The Hub service's name, and with it its scope and its URL prefix. */
const SERVICE_NAME = 'dashboards';

/** The scope a token needs to be accepted by the API. */
export const SERVICE_SCOPE = `access:services!service=${SERVICE_NAME}`;

/** Server names with this prefix belong to dashboards; the Hub's hook never starts anything else under them. */
export const SERVER_NAME_PREFIX = 'dash-';

/** First path segment, under a dashboard server's prefix, that belongs to the runner and never to the app. */
export const RUNNER_SEGMENT = '_dashboards';

/** Path of one version under a dashboard server's prefix. `prefix` ends with a slash, and so does the result. */
export function versionPrefix(prefix: string, version: number): string {
  return `${prefix}v/${version}/`;
}

/** Request headers that only the runner may set towards an app; incoming ones are removed. */
export const IDENTITY_HEADER_PREFIX = 'x-dashboards-';

/** Limits of user input, in characters. */
export const LIMITS = {
  name: 200,
  description: 4_000,
  path: 2_000,
  command: 4_000,
  message: 1_000,
  gitRef: 250,
  gitSecret: 20_000,
  logLine: 4_000,
  /** What a runner puts into one report of log lines: so many lines, and so many characters of them all. */
  reportLines: 1_000,
  reportCharacters: 500_000,
  search: 200,
  cursor: 500,
  idempotencyKey: 200,
  audienceEntries: 500,
  /** As much of each list of a plan is named. */
  planItems: 200
} as const;
