import type { BuildQueue } from '../builds/queue';
import type { DashboardAggregate } from './dashboard';
import type { DashboardStore } from './store';
import { visit, type Visit, type VisitOptions } from './visit';
import type { VisitedVersions } from './visited-versions';

/** What somebody gets who opens one version by its own link. `gone`: it cannot be had, and will not be. */
export type VersionVisit = Visit | { kind: 'gone'; reason: string };

export interface VersionVisitOptions extends VisitOptions {
  dashboards: DashboardStore;
  queue: BuildQueue;
  visited: VisitedVersions;
}

/** Lets a visitor in to a kept version, beside the live one: has it started where it does not run. */
export async function visitVersion(
  options: VersionVisitOptions,
  aggregate: DashboardAggregate,
  n: number
): Promise<VersionVisit> {
  const { channels, dashboards, queue, visited } = options;
  const { dashboard, runner } = aggregate;
  const version = (await dashboards.versions(dashboard.id)).find(candidate => candidate.n === n);
  if (version?.state !== 'ready') {
    return { kind: 'gone', reason: goneReason(n, version?.state) };
  }
  if (n === dashboard.liveVersion) {
    return visit(options, aggregate);
  }
  // Before the visit: it may start the server, and what is started knows then what is wanted.
  visited.note(dashboard.id, n);
  const outcome = await visit(options, aggregate);
  // A live version that has broken down does not stand in the way of an older one.
  const answers = channels.connected(dashboard.id) && runner?.ready === true && dashboard.desired === 'on';
  if (outcome.kind === 'open' || (outcome.kind === 'failed' && answers)) {
    await queue.push(dashboard.id);
    return { kind: 'open' };
  }
  return outcome;
}

function goneReason(n: number, state: string | undefined): string {
  switch (state) {
    case 'removed':
      return `Version ${n} is not kept any more: only the newest versions are.`;
    case 'lost':
      return `The files of version ${n} are gone from the disk. Its owner can publish the dashboard again.`;
    case 'failed':
      return `Version ${n} has never worked.`;
    case 'building':
      return `Version ${n} is being made: open it when that has ended.`;
    default:
      return `There is no version ${n}.`;
  }
}
