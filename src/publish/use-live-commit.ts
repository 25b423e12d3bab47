import * as React from 'react';

import { sameEntry, type Dashboard, type Source } from '../../server/contract';
import type { IDashboards } from '../tokens';

/**
 * The commit of a dashboard's live version, with which what is `planned` can be compared; null: there is none, or it is of
 * other files; undefined: not known yet.
 */
export function useLiveCommit(
  dashboards: IDashboards,
  dashboard: Dashboard | null,
  planned: Source | null
): string | null | undefined {
  const asked = isComparable(dashboard, planned) ? `${dashboard?.id} ${dashboard?.liveVersion}` : '';
  const [known, setKnown] = React.useState<{ of: string; commit: string | null }>({ of: '', commit: null });
  React.useEffect(() => {
    if (dashboard === null || asked === '') {
      return;
    }
    let wanted = true;
    const end = (commit: string | null) => wanted && setKnown({ of: asked, commit });
    dashboards.versions(dashboard.id).then(
      versions => end(versions.find(({ n }) => n === dashboard.liveVersion)?.commit ?? null),
      // The plan says the rest without it.
      () => end(null)
    );
    return () => {
      wanted = false;
    };
  }, [asked]);
  return asked === '' ? null : known.of === asked ? known.commit : undefined;
}

/** Whether the live version was made from the same folder of the same repository. */
function isComparable(dashboard: Dashboard | null, planned: Source | null): boolean {
  const live = dashboard?.source ?? null;
  return (
    dashboard?.liveVersion != null &&
    live?.kind === 'git' &&
    planned?.kind === 'git' &&
    sameEntry({ ...live, entry: '.' }, { ...planned, entry: '.' }) &&
    live.scope === planned.scope &&
    (live.scope === 'folder' || live.entry === planned.entry)
  );
}
