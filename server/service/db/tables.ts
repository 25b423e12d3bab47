import type { Generated, Kysely } from 'kysely';

/** Columns as SQLite keeps them: JSON as text, times as milliseconds or ISO-8601 text, booleans as 0 and 1. */
export interface Tables {
  dashboards: {
    id: string;
    slug: string;
    /** What makes a name of one owner's taken: lower case, composed. */
    name_key: string;
    server_name: string;
    name: string;
    description: string;
    owner: string;
    owner_hub_id: number | null;
    audience: string;
    desired: string;
    live_version: number | null;
    revision: Generated<number>;
    problem: string | null;
    problem_at: number | null;
    deleting: Generated<number>;
    created_at: string;
    updated_at: string;
    /** What a search looks through, see `dashboards/listing.ts`. */
    search_text: string;
  };
  /** Under whom a dashboard is listed. Written together with owner and audience. */
  listings: { subject: string; created_at: string; dashboard_id: string; owner: string };
  /** `seen_by`: JSON of owner and audience until then, null where these have not changed. */
  dashboard_changes: { seq: Generated<number>; dashboard_id: string; seen_by: string | null; at: number };
  audit: {
    seq: Generated<number>;
    at: string;
    actor: string;
    action: string;
    dashboard_id: string | null;
    slug: string | null;
    owner: string | null;
    detail: string;
  };
  /** `sealed`: what is secret, encrypted. `owner_hub_id` is null until a build has used it. */
  git_credentials: {
    id: string;
    owner: string;
    owner_hub_id: number | null;
    kind: 'token' | 'ssh_key';
    host: string;
    username: string | null;
    public_key: string | null;
    sealed: string;
    created_at: string;
  };
  idempotency_keys: {
    owner: string;
    key: string;
    body_hash: string;
    dashboard_id: string;
    build_id: string;
    at: number;
  };
  /** One row: up to which number changes are no longer complete. */
  forgotten_changes: { seq: number };
  versions: {
    dashboard_id: string;
    n: number;
    created_at: string;
    author: string;
    message: string;
    source: string;
    place: string | null;
    /** JSON: where the author's server had the files; null: that is not known. */
    origin: string | null;
    /** JSON: the folder of a cloned volume that it is served from; null: of none. */
    volume: string | null;
    requested_framework: string | null;
    command: string | null;
    framework: string | null;
    framework_reason: Generated<string>;
    strategy: string | null;
    commit_hash: string | null;
    manifest_hash: string | null;
    files: Generated<number>;
    bytes: Generated<number>;
    warnings: Generated<string>;
    state: string;
    /** JSON: what it was built with; null: that is not known. */
    built_with: string | null;
  };
  builds: {
    id: string;
    dashboard_id: string;
    kind: string;
    version: number;
    state: string;
    created_at: string;
    ended_at: string | null;
    problem: string | null;
    /** JSON of who may look once it is live; null: as it is. */
    audience: string | null;
    lease_until: number | null;
    attempts: Generated<number>;
    /** 1: its server waits for its files to be sent. */
    wants_files: Generated<number>;
    /** 0: its runner gets it once its volume is there. */
    prepared: Generated<number>;
    /** The `Sender` that has brought lines of its log last, and how many it has brought. */
    lines_sender: Generated<string | null>;
    lines_taken: Generated<number>;
  };
  build_events: { build_id: string; seq: number; at: string; body: string };
  log_lines: {
    seq: Generated<number>;
    dashboard_id: string;
    version: number;
    origin: string;
    at: string;
    text: string;
    /** For lines of a build: which, and the sequence number of the event that brought them. */
    build_id: string | null;
    build_event: number | null;
  };
  /** What there is in `log_lines` of one version, and what was there. */
  version_logs: { dashboard_id: string; version: number; lines: number; characters: number; removed: number };
  /** The newest batch of lines that a runner has sent. */
  log_batches: { dashboard_id: string; sender: string; batch: number };
  runners: {
    dashboard_id: string;
    start_id: string;
    started_at: number;
    ready: Generated<number>;
    server_url: string | null;
    app: string | null;
    connections: Generated<number>;
    viewers: Generated<number>;
    heartbeat_at: number | null;
    /** JSON: numbers of the versions whose volumes it was started with. */
    mounted: Generated<string>;
    /** JSON: what its pod was made with; null: it has none, or that is not known. */
    pod: string | null;
  };
  /** One row: the name of this service among others. */
  instance: { id: string };
  viewer_sessions: {
    id: string;
    viewer: string;
    token: string;
    hub_session: string;
    created_at: number;
  };
  tickets: {
    id: string;
    dashboard_id: string;
    start_id: string;
    viewer: string;
    viewer_session: string;
    issued_at: number;
    ended_at: number | null;
  };
}

export type Database = Kysely<Tables>;
