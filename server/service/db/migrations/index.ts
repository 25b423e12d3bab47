import type { Migration } from 'kysely/migration';

import { first } from './001-first';

/** In the order in which they run; one that has been released is never changed. */
export const migrations: Readonly<Record<string, Migration>> = {
  '001-first': first
};
