import type { Insertable, Selectable } from 'kysely';

import { searchText } from '../../contract';
import type { BuildRecord } from '../builds/build';
import type { DashboardRecord, RunnerRecord, VersionRecord } from '../dashboards/dashboard';
import type { Tables } from './tables';

// Text columns hold only what this service has checked before it wrote them, so that reading casts instead of checking.

export function dashboardRecord(row: Selectable<Tables['dashboards']>): DashboardRecord {
  return {
    id: row.id,
    slug: row.slug,
    serverName: row.server_name,
    name: row.name,
    description: row.description,
    owner: row.owner,
    ownerHubId: row.owner_hub_id,
    audience: JSON.parse(row.audience) as DashboardRecord['audience'],
    desired: row.desired as DashboardRecord['desired'],
    liveVersion: row.live_version,
    revision: row.revision,
    problem: parse(row.problem),
    problemAt: row.problem_at,
    deleting: row.deleting !== 0,
    createdAt: row.created_at,
    updatedAt: row.updated_at
  };
}

export function dashboardRow(record: DashboardRecord, nameKey: string): Selectable<Tables['dashboards']> {
  return {
    id: record.id,
    slug: record.slug,
    name_key: nameKey,
    server_name: record.serverName,
    name: record.name,
    description: record.description,
    owner: record.owner,
    owner_hub_id: record.ownerHubId,
    audience: JSON.stringify(record.audience),
    desired: record.desired,
    live_version: record.liveVersion,
    revision: record.revision,
    problem: text(record.problem),
    problem_at: record.problemAt,
    deleting: record.deleting ? 1 : 0,
    created_at: record.createdAt,
    updated_at: record.updatedAt,
    search_text: searchText(record)
  };
}

export function versionRecord(row: Selectable<Tables['versions']>): VersionRecord {
  return {
    dashboardId: row.dashboard_id,
    n: row.n,
    createdAt: row.created_at,
    author: row.author,
    message: row.message,
    source: JSON.parse(row.source) as VersionRecord['source'],
    place: parse(row.place),
    origin: parse(row.origin),
    volume: parse(row.volume),
    requestedFramework: row.requested_framework as VersionRecord['requestedFramework'],
    command: row.command,
    framework: row.framework as VersionRecord['framework'],
    frameworkReason: row.framework_reason,
    strategy: row.strategy as VersionRecord['strategy'],
    commit: row.commit_hash,
    manifestHash: row.manifest_hash,
    files: row.files,
    bytes: row.bytes,
    warnings: JSON.parse(row.warnings) as string[],
    state: row.state as VersionRecord['state'],
    builtWith: parse(row.built_with)
  };
}

export function versionRow(record: VersionRecord): Selectable<Tables['versions']> {
  return {
    dashboard_id: record.dashboardId,
    n: record.n,
    created_at: record.createdAt,
    author: record.author,
    message: record.message,
    source: JSON.stringify(record.source),
    place: text(record.place),
    origin: text(record.origin),
    volume: text(record.volume),
    requested_framework: record.requestedFramework,
    command: record.command,
    framework: record.framework,
    framework_reason: record.frameworkReason,
    strategy: record.strategy,
    commit_hash: record.commit,
    manifest_hash: record.manifestHash,
    files: record.files,
    bytes: record.bytes,
    warnings: JSON.stringify(record.warnings),
    state: record.state,
    built_with: text(record.builtWith)
  };
}

export function buildRecord(row: Selectable<Tables['builds']>): BuildRecord {
  return {
    id: row.id,
    dashboardId: row.dashboard_id,
    kind: row.kind as BuildRecord['kind'],
    version: row.version,
    state: row.state as BuildRecord['state'],
    createdAt: row.created_at,
    endedAt: row.ended_at,
    problem: parse(row.problem),
    audience: parse(row.audience),
    leaseUntil: row.lease_until,
    attempts: row.attempts,
    wantsFiles: row.wants_files === 1,
    prepared: row.prepared === 1
  };
}

export function buildRow(record: BuildRecord): Insertable<Tables['builds']> {
  return {
    id: record.id,
    dashboard_id: record.dashboardId,
    kind: record.kind,
    version: record.version,
    state: record.state,
    created_at: record.createdAt,
    ended_at: record.endedAt,
    problem: text(record.problem),
    audience: text(record.audience),
    lease_until: record.leaseUntil,
    attempts: record.attempts,
    wants_files: record.wantsFiles ? 1 : 0,
    prepared: record.prepared ? 1 : 0
  };
}

export function runnerRecord(row: Selectable<Tables['runners']>): RunnerRecord {
  return {
    dashboardId: row.dashboard_id,
    startId: row.start_id,
    startedAt: row.started_at,
    ready: row.ready !== 0,
    serverUrl: row.server_url,
    app: parse(row.app),
    connections: row.connections,
    viewers: row.viewers,
    heartbeatAt: row.heartbeat_at,
    mounted: JSON.parse(row.mounted) as number[],
    pod: parse(row.pod)
  };
}

function parse<T>(json: string | null): T | null {
  return json === null ? null : (JSON.parse(json) as T);
}

function text(value: unknown): string | null {
  return value === null ? null : JSON.stringify(value);
}
