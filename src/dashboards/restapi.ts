/** One function per endpoint of the service. All throw {@link DashboardsError}. */
import {
  API,
  BuildReply,
  DashboardList,
  DashboardReply,
  FrameworkList,
  VersionList,
  Whoami,
  type Dashboard,
  type FrameworkInfo,
  type PatchRequest,
  type PublishRequest,
  type UpdateRequest,
  type Version
} from '../../server/contract';
import type { Connection } from './connection';
import { call, send } from './request';

export async function whoami(connection: Connection): Promise<Whoami> {
  return call(connection, Whoami, API.whoami);
}

export async function listFrameworks(connection: Connection): Promise<FrameworkInfo[]> {
  return (await call(connection, FrameworkList, API.frameworks)).frameworks;
}

/** What the caller owns, newest first. */
export async function listMine(connection: Connection): Promise<Dashboard[]> {
  return (await call(connection, DashboardList, `${API.dashboards}?filter=mine`)).dashboards;
}

export async function publish(connection: Connection, body: PublishRequest): Promise<BuildReply> {
  return call(connection, BuildReply, API.dashboards, { method: 'POST', body });
}

/** Publish again; what `body` leaves out is as in the newest version. */
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

export async function cancelBuild(connection: Connection, buildId: string): Promise<void> {
  await send(connection, API.cancel(buildId), { method: 'POST' });
}
