import type { Clock } from '../clock';

/** The runner goes on with a version for as long as it is in use; this only has to outlive the slowest start. */
const LASTING_MS = 5 * 60_000;
/** As many as a runner starts beside the live one. */
const MOST = 3;

/** Kept versions that somebody has opened by their own link of late. Not kept over a restart: runners know what is in use. */
export interface VisitedVersions {
  note(dashboardId: string, version: number): void;
  /** Numbers, the last one opened first. */
  of(dashboardId: string): number[];
}

export function createVisitedVersions(clock: Clock): VisitedVersions {
  const visited = new Map<string, Map<number, number>>();

  function recent(dashboardId: string): [version: number, at: number][] {
    return [...(visited.get(dashboardId) ?? [])]
      .filter(([, at]) => at > clock() - LASTING_MS)
      .sort((a, b) => b[1] - a[1]);
  }

  return {
    note(dashboardId, version) {
      const others = recent(dashboardId).filter(([n]) => n !== version);
      visited.set(dashboardId, new Map([[version, clock()], ...others.slice(0, MOST - 1)]));
    },
    of(dashboardId) {
      const versions = recent(dashboardId);
      if (versions.length === 0) {
        visited.delete(dashboardId);
      }
      return versions.map(([n]) => n);
    }
  };
}
