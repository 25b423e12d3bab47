/** Values of the contract that tests start from. */
import type { Build, BuildEvent, Dashboard, LogLine, Plan, Version, Whoami } from '../../server/contract';
import type { Folders } from '../dashboards/access';
import type { Target } from '../publish/form';

export const folders: Folders = { root: '/home/alice', home: '/home/alice' };

export function build(change: Partial<Build> = {}): Build {
  return {
    id: 'b1',
    dashboardId: 'd1',
    kind: 'publish',
    version: 1,
    state: 'queued',
    createdAt: '2026-01-01T00:00:00Z',
    endedAt: null,
    problem: null,
    ...change
  };
}

export function dashboard(change: Partial<Dashboard> = {}): Dashboard {
  return {
    id: 'd1',
    slug: 'sales',
    name: 'Sales',
    description: '',
    owner: 'alice',
    audience: { kind: 'owner' },
    state: 'running',
    desired: 'on',
    liveVersion: 1,
    framework: 'streamlit',
    source: { kind: 'files', root: '/home/alice/projects/sales', entry: 'app.py', scope: 'folder' },
    build: null,
    problem: null,
    link: 'https://hub.example.org/services/dashboards/d/sales',
    viewers: 0,
    mine: true,
    chosenFramework: null,
    mayOpen: true,
    createdAt: '2026-01-01T00:00:00Z',
    updatedAt: '2026-01-01T00:00:00Z',
    ...change
  };
}

export function version(change: Partial<Version> = {}): Version {
  return {
    n: 1,
    createdAt: '2026-01-01T00:00:00Z',
    author: 'alice',
    message: '',
    source: { kind: 'files', root: '/home/alice/projects/sales', entry: 'app.py', scope: 'folder' },
    strategy: 'snapshot',
    commit: null,
    framework: 'streamlit',
    frameworkReason: 'app.py imports streamlit (line 1)',
    manifestHash: null,
    files: 1,
    bytes: 10,
    warnings: [],
    state: 'ready',
    live: false,
    ...change
  };
}

export function whoami(change: Partial<Whoami> = {}): Whoami {
  return {
    name: 'alice',
    admin: false,
    groups: ['finance'],
    audiences: ['owner', 'people', 'everyone'],
    defaultAudience: 'owner',
    strategies: ['snapshot', 'live', 'relay', 'git'],
    sharingOff: null,
    mayPublish: true,
    publishingOff: null,
    version: '0.1.0',
    ...change
  };
}

export function target(change: Partial<Target> = {}): Target {
  return {
    folder: 'projects/sales',
    candidates: [
      {
        entry: 'app.py',
        detection: { framework: 'streamlit', reason: 'app.py imports streamlit (line 1)', confidence: 'certain' }
      }
    ],
    wholeFolder: false,
    drive: '',
    ...change
  };
}

export function stateEvent(seq: number, change: Partial<Build>): BuildEvent {
  return { kind: 'state', seq, at: '2026-01-01T00:00:00Z', build: build(change) };
}

export function logEvent(seq: number, ...lines: string[]): BuildEvent {
  return { kind: 'log', seq, at: '2026-01-01T00:00:00Z', lines };
}

export function logLine(seq: number, text: string): LogLine {
  return { seq, at: '2026-01-01T00:00:00Z', version: 1, origin: 'app', text };
}

export function plan(change: Partial<Plan> = {}): Plan {
  const none = { items: [], count: 0 };
  return {
    files: 214,
    bytes: 12_000_000,
    folders: 3,
    complete: true,
    excluded: none,
    skipped: none,
    secrets: none,
    leaving: none,
    largest: [],
    changes: null,
    obstacles: [],
    place: { inode: '1', newest: { path: 'app.py', changed: '1' } },
    repository: null,
    ...change
  };
}
