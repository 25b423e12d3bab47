import type { VersionRecord } from '../dashboards/dashboard';

type Kept = Pick<VersionRecord, 'n' | 'state'>;

/** Numbers of the ready versions that go: all but the live one and the `keep` newest others. */
export function versionsToRemove(versions: readonly Kept[], live: number | null, keep: number): number[] {
  return versions
    .filter(version => version.state === 'ready' && version.n !== live)
    .map(version => version.n)
    .sort((a, b) => b - a)
    .slice(keep);
}

/** Numbers of the versions whose logs go: those that go themselves, and failed ones from before all that stay. */
export function logsToRemove(versions: readonly Kept[], live: number | null, keep: number): number[] {
  const gone = versionsToRemove(versions, live, keep);
  const stay = versions.filter(({ n, state }) => state === 'ready' && !gone.includes(n)).map(({ n }) => n);
  return versions
    .filter(({ n, state }) => gone.includes(n) || (state !== 'ready' && n < Math.min(...stay)))
    .map(({ n }) => n);
}

/** Numbers of the versions whose files stay at the runner: the ready ones and those being made, in order. */
export function keptVersions(versions: readonly Kept[]): number[] {
  return versions
    .filter(version => version.state === 'ready' || version.state === 'building')
    .map(version => version.n)
    .sort((a, b) => a - b);
}
