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

/** Numbers of the versions whose files stay at the runner: the ready ones and those being made, in order. */
export function keptVersions(versions: readonly Kept[]): number[] {
  return versions
    .filter(version => version.state === 'ready' || version.state === 'building')
    .map(version => version.n)
    .sort((a, b) => a - b);
}
