import type { VersionRecord } from '../dashboards/dashboard';

type Kept = Pick<VersionRecord, 'n' | 'state'>;

/**
 * Numbers of the versions that go: all but the live one and the `keep` newest others. Lost ones take nobody's place, and
 * go with those of their age: until then their files may come back.
 */
export function versionsToRemove(versions: readonly Kept[], live: number | null, keep: number): number[] {
  const others = versions.filter(version => isStored(version) && version.n !== live).sort((a, b) => b.n - a.n);
  const ready = others.filter(({ state }) => state === 'ready');
  const last = keep === 0 ? Number.POSITIVE_INFINITY : (ready[keep - 1]?.n ?? 0);
  return others.filter(({ n }) => n < last).map(({ n }) => n);
}

/** Numbers of the versions whose logs go: those that go themselves, and failed ones from before all that stay. */
export function logsToRemove(versions: readonly Kept[], live: number | null, keep: number): number[] {
  const gone = versionsToRemove(versions, live, keep);
  const stay = versions.filter(version => isStored(version) && !gone.includes(version.n)).map(({ n }) => n);
  return versions
    .filter(version => gone.includes(version.n) || (!isStored(version) && version.n < Math.min(...stay)))
    .map(({ n }) => n);
}

/** Numbers of the versions whose files stay at the runner: those that worked, and those being made, in order. */
export function keptVersions(versions: readonly Kept[]): number[] {
  return versions
    .filter(version => isStored(version) || version.state === 'building')
    .map(version => version.n)
    .sort((a, b) => a - b);
}

/** Whether there are files of it, or should be. */
function isStored({ state }: Kept): boolean {
  return state === 'ready' || state === 'lost';
}
