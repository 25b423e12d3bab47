import { existsSync } from 'node:fs';

import { DatabaseUnusable } from './sqlite';

/** What the Hub remembers. */
export interface Memory {
  /** `owner/server` of one that was started for a dashboard, or null. */
  anyOfDashboards(): Promise<string | null>;
}

/**
 * Lets a database be made where there is nothing of one, unless the Hub remembers dashboards: then its folder was lost with
 * all that lay in it, as when a disk is not mounted.
 *
 * @throws DatabaseUnusable
 */
export async function refuseToForget(file: string, keyFile: string, hub: Memory): Promise<void> {
  if (existsSync(file) || existsSync(keyFile)) {
    return;
  }
  const remembered = await hub.anyOfDashboards().catch((error: unknown) => {
    const reason = error instanceof Error ? error.message : String(error);
    throw new DatabaseUnusable(
      `There is no dashboards database ${file} yet, and the Hub could not be asked whether there were dashboards before (${reason}).`,
      { cause: error }
    );
  });
  if (remembered) {
    throw new DatabaseUnusable(
      `The dashboards database ${file} and its key are gone, but there were dashboards before: the Hub knows the server ${remembered}. ` +
        'Nothing was changed. Look whether its disk is mounted, and restore both files from a backup. ' +
        `Or, to begin anew without any of the dashboards that there were, put an empty file in the place of ${file}.`
    );
  }
}
