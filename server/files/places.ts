import path from 'node:path';

import { STORE } from './home';

/** Where everything of one dashboard is kept in its author's home. */
export interface Places {
  /** `<home>/.dashboards/<dashboardId>` */
  dashboard: string;
  versions: string;
  version(n: number): string;
  /** The published files of version `n`. */
  files(n: number): string;
  manifest(n: number): string;
  /** What the app of version `n` may write to. */
  scratch(n: number): string;
  /** Left out: nobody else makes or removes versions there. */
  others?: { claim(): void; isOurs(): boolean };
}

export function placesOf(home: string, dashboardId: string): Places {
  if (!/^[A-Za-z0-9][A-Za-z0-9_-]{0,127}$/.test(dashboardId)) {
    throw new RangeError('A dashboard’s id holds letters, digits, - and _ only.');
  }
  return placesIn(path.join(home, STORE, dashboardId));
}

/** @param dashboard - the folder of a dashboard, as `placesOf` names it. */
export function placesIn(dashboard: string): Places {
  const versions = path.join(dashboard, 'versions');
  const version = (n: number) => path.join(versions, String(n));
  return {
    dashboard,
    versions,
    version,
    files: n => path.join(version(n), 'files'),
    manifest: n => path.join(version(n), 'manifest.jsonl'),
    scratch: n => path.join(dashboard, 'scratch', `v${n}`)
  };
}
