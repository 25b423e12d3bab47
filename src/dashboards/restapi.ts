/** One function per endpoint of the service. All throw {@link DashboardsError}. */
import {
  API,
  Build,
  BuildReply,
  DashboardList,
  DashboardReply,
  FrameworkList,
  GitCredentialList,
  GitCredentialReply,
  IDEMPOTENCY_HEADER,
  type LogDownloadQuery,
  LogPage,
  VersionList,
  Whoami,
  type Dashboard,
  type FrameworkInfo,
  type GitCredential,
  type GitCredentialRequest,
  type ListQuery,
  type LogQuery,
  type PatchRequest,
  type Problem,
  type PublishRequest,
  type PushFailed,
  type UpdateRequest,
  type Version
} from '../../server/contract';
import type { Connection } from './connection';
import { call, send } from './request';

/** Path with a query; values that are left out are not sent. */
export function withQuery(path: string, query: Record<string, string | undefined>): string {
  const set = Object.entries(query).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return set.length === 0 ? path : `${path}?${new URLSearchParams(set)}`;
}

export async function whoami(connection: Connection): Promise<Whoami> {
  return call(connection, Whoami, API.whoami);
}

export async function listFrameworks(connection: Connection): Promise<FrameworkInfo[]> {
  return (await call(connection, FrameworkList, API.frameworks)).frameworks;
}

/** One page, newest first. */
export async function listDashboards(connection: Connection, query: ListQuery): Promise<DashboardList> {
  return call(connection, DashboardList, withQuery(API.dashboards, query));
}

/** Everything that the caller owns, newest first. */
export async function listMine(connection: Connection): Promise<Dashboard[]> {
  const all: Dashboard[] = [];
  let cursor: string | null = null;
  do {
    const query: ListQuery = { filter: 'mine', limit: '200', ...(cursor === null ? {} : { cursor }) };
    const page: DashboardList = await listDashboards(connection, query);
    all.push(...page.dashboards);
    cursor = page.next;
  } while (cursor !== null);
  return all;
}

export async function getDashboard(connection: Connection, id: string): Promise<Dashboard> {
  return (await call(connection, DashboardReply, API.dashboard(id))).dashboard;
}

/** @param key the same for every attempt to send the same thing, so that a lost answer does not publish it twice */
export async function publish(connection: Connection, body: PublishRequest, key: string): Promise<BuildReply> {
  const headers = { [IDEMPOTENCY_HEADER]: key };
  return call(connection, BuildReply, API.dashboards, { method: 'POST', body, headers });
}

/** Publish again; what `body` leaves out is as in the live version, or in the newest where none has worked. */
export async function update(connection: Connection, id: string, body: UpdateRequest): Promise<BuildReply> {
  return call(connection, BuildReply, API.versions(id), { method: 'POST', body });
}

/** Make a kept version live again. */
export async function activate(connection: Connection, id: string, version: number): Promise<BuildReply> {
  return call(connection, BuildReply, API.live(id), { method: 'POST', body: { version } });
}

/** Change name, description or audience, without a new version. */
export async function patch(connection: Connection, id: string, body: PatchRequest): Promise<Dashboard> {
  return (await call(connection, DashboardReply, API.dashboard(id), { method: 'PATCH', body })).dashboard;
}

/** All versions, newest first. */
export async function listVersions(connection: Connection, id: string): Promise<Version[]> {
  const { versions } = await call(connection, VersionList, API.versions(id));
  return [...versions].sort((a, b) => b.n - a.n);
}

export async function start(connection: Connection, id: string): Promise<Dashboard> {
  return (await call(connection, DashboardReply, API.start(id), { method: 'POST' })).dashboard;
}

export async function stop(connection: Connection, id: string): Promise<Dashboard> {
  return (await call(connection, DashboardReply, API.stop(id), { method: 'POST' })).dashboard;
}

export async function remove(connection: Connection, id: string): Promise<void> {
  await send(connection, API.dashboard(id), { method: 'DELETE' });
}

export async function getBuild(connection: Connection, id: string): Promise<Build> {
  return call(connection, Build, API.build(id));
}

export async function cancelBuild(connection: Connection, buildId: string): Promise<void> {
  await send(connection, API.cancel(buildId), { method: 'POST' });
}

/** End a build that waits for files which cannot be sent. */
export async function failPush(connection: Connection, buildId: string, problem: Problem): Promise<void> {
  await send(connection, API.pushFailed(buildId), { method: 'POST', body: { problem } satisfies PushFailed });
}

export async function listGitCredentials(connection: Connection): Promise<GitCredential[]> {
  return (await call(connection, GitCredentialList, API.gitCredentials)).credentials;
}

/** What is secret in it goes there, and comes back never. */
export async function storeGitCredential(connection: Connection, body: GitCredentialRequest): Promise<GitCredential> {
  return (await call(connection, GitCredentialReply, API.gitCredentials, { method: 'POST', body })).credential;
}

export async function removeGitCredential(connection: Connection, id: string): Promise<void> {
  await send(connection, API.gitCredential(id), { method: 'DELETE' });
}

/** A page of a dashboard's log: its newest lines, or those before `query.before`. */
export async function readLog(connection: Connection, id: string, query: LogQuery): Promise<LogPage> {
  return call(connection, LogPage, withQuery(API.logs(id), query));
}

/** The whole log as a text file. */
export async function downloadLog(connection: Connection, id: string, query: LogDownloadQuery): Promise<Blob> {
  return (await send(connection, withQuery(API.logDownload(id), query))).blob();
}
