/**
 * Paths of the service, relative to its prefix (`/services/dashboards/`, no leading slash). One place for the service
 * that answers them and the Lab extension, runner and command line that call them.
 */
const segment = encodeURIComponent;

export const API = {
  whoami: 'api/v1/whoami',
  frameworks: 'api/v1/frameworks',
  events: 'api/v1/events',
  dashboards: 'api/v1/dashboards',
  dashboard: (id: string) => `api/v1/dashboards/${segment(id)}`,
  versions: (id: string) => `api/v1/dashboards/${segment(id)}/versions`,
  live: (id: string) => `api/v1/dashboards/${segment(id)}/live`,
  start: (id: string) => `api/v1/dashboards/${segment(id)}/start`,
  stop: (id: string) => `api/v1/dashboards/${segment(id)}/stop`,
  logs: (id: string) => `api/v1/dashboards/${segment(id)}/logs`,
  logEvents: (id: string) => `api/v1/dashboards/${segment(id)}/logs/events`,
  logDownload: (id: string) => `api/v1/dashboards/${segment(id)}/logs/download`,
  gitCredentials: 'api/v1/git-credentials',
  gitCredential: (id: string) => `api/v1/git-credentials/${segment(id)}`,
  build: (id: string) => `api/v1/builds/${segment(id)}`,
  cancel: (id: string) => `api/v1/builds/${segment(id)}/cancel`,
  buildEvents: (id: string) => `api/v1/builds/${segment(id)}/events`,
  pushTicket: (id: string) => `api/v1/builds/${segment(id)}/push-ticket`,
  pushFailed: (id: string) => `api/v1/builds/${segment(id)}/push-failed`
} as const;

/** Request header of POST api/v1/dashboards: the same key and the same body make one dashboard, however often sent. */
export const IDEMPOTENCY_HEADER = 'idempotency-key';

/**
 * Changes from the service's own pages, where the cookie says who it is: the value of the page's `<meta>` of this name
 * comes back in the header, and `Sec-Fetch-Site` is `same-origin`.
 */
export const XSRF = { header: 'x-dashboards-xsrf', meta: 'dashboards-xsrf' } as const;

/** Called by the Hub's hook with its key. */
export const HOOK = {
  startSpecification: 'internal/start-specification',
  serverNews: 'internal/server-news',
  serverPod: 'internal/server-pod'
} as const;

/** Called by runners with their own server's Hub token. */
export const RUNNER = {
  /** `version` is that of the runner's package. */
  events: (startId: string, version: string) => `runner/events?startId=${segment(startId)}&version=${segment(version)}`,
  heartbeat: 'runner/heartbeat',
  removed: 'runner/removed',
  logs: 'runner/logs',
  progress: (buildId: string) => `runner/builds/${segment(buildId)}/progress`,
  result: (buildId: string) => `runner/builds/${segment(buildId)}/result`,
  gitCredential: (buildId: string, startId: string) =>
    `runner/builds/${segment(buildId)}/git-credential?startId=${segment(startId)}`
} as const;

/** Pages that people open. */
export const PAGES = {
  /** Stable link of a dashboard. */
  dashboard: (slug: string) => `d/${segment(slug)}`,
  /** One kept version, live or not. */
  version: (slug: string, version: number) => `d/${segment(slug)}@${version}`,
  /** Where a runner sends a navigation without a session. Query: `dashboard`, `start`, `flow` (hash of the nonce), `flowId`, `next`. */
  ticket: 'ticket'
} as const;

const LONGEST_NEXT = 2_500;

/**
 * What a sign-in takes along of an address below a dashboard's server. All of it has to fit into a cookie of the service,
 * and browsers drop cookies of more than 4,096 bytes: with what is longer, counted as it is written in a query, people get
 * to the dashboard's beginning.
 */
export function carriedNext(next: string): string {
  return next.length > LONGEST_NEXT || new URLSearchParams([['', next]]).toString().length - 1 > LONGEST_NEXT
    ? ''
    : next;
}

/** Paths of the runner itself, relative to `<server prefix>_dashboards/`. */
export const RUNNER_PAGES = {
  /** Takes `?ticket=&flowId=&next=` and sets the session cookie. `next` is path and query under the server's prefix. */
  session: 'session',
  /** Live progress as server-sent events, for the progress page. */
  progress: 'progress',
  /** Says whether the session still stands. */
  renew: 'renew',
  /** What follows is for programs that send a project, with a push ticket. */
  push: 'push/'
} as const;
