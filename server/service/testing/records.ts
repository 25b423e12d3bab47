import type { Audience } from '../../contract';
import type { BuildRecord } from '../builds/build';
import { isoTime } from '../clock';
import type { DashboardRecord, VersionRecord } from '../dashboards/dashboard';

/** A dashboard as a publish makes it, for tests that have nothing to do with publishing. */
export function dashboardRecordOf(
  id: string,
  given: { owner?: string; name?: string; audience?: Audience; at?: number; description?: string } = {}
): { dashboard: DashboardRecord; nameKey: string; version: VersionRecord; build: BuildRecord } {
  const { owner = 'alice', name = id, audience = { kind: 'owner' }, at = 0, description = '' } = given;
  const createdAt = isoTime(at);
  return {
    dashboard: {
      id,
      slug: id,
      serverName: `dash-${id}`,
      name,
      description,
      owner,
      ownerHubId: null,
      audience,
      desired: 'asleep',
      liveVersion: 1,
      revision: 1,
      problem: null,
      problemAt: null,
      deleting: false,
      createdAt,
      updatedAt: createdAt
    },
    nameKey: id,
    version: {
      dashboardId: id,
      n: 1,
      createdAt,
      author: owner,
      message: '',
      source: { kind: 'files', root: '/home/somebody/project', entry: 'app.py', scope: 'folder' },
      place: null,
      origin: null,
      volume: null,
      requestedFramework: null,
      command: null,
      framework: 'streamlit',
      frameworkReason: '',
      strategy: 'snapshot',
      commit: null,
      manifestHash: 'abc',
      files: 1,
      bytes: 1,
      warnings: [],
      builtWith: null,
      state: 'ready'
    },
    build: {
      id: `build${id}`,
      dashboardId: id,
      kind: 'publish',
      version: 1,
      state: 'live',
      createdAt,
      endedAt: createdAt,
      problem: null,
      audience: null,
      leaseUntil: null,
      attempts: 0,
      wantsFiles: false,
      prepared: true
    }
  };
}
