import { ServiceError } from '../errors';

// Primary result codes of SQLite: https://www.sqlite.org/rescode.html
const BUSY = 5;
const READONLY = 8;
const IOERR = 10;
const CORRUPT = 11;
const FULL = 13;
const CANTOPEN = 14;
const NOTADB = 26;

/** What is there can still be read: that is enough for those who have a dashboard open. */
const STILL_READ = [BUSY, READONLY, FULL];

const ADVICE: Record<number, string> = {
  [BUSY]: 'Another program holds it. Make sure that only one dashboards service uses it.',
  [READONLY]: 'Nothing can be written to it. Give the user of the Hub the right to write the file and its folder.',
  [IOERR]: 'The disk reports an error. Look at the disk, and restore a backup if the file is damaged.',
  [CORRUPT]: 'The file is damaged. Stop the Hub, restore a backup, and start it again.',
  [FULL]: 'The disk is full. Make room on it.',
  [CANTOPEN]: 'The file cannot be opened. Look whether its folder is still there.',
  [NOTADB]: 'The file is damaged. Stop the Hub, restore a backup, and start it again.'
};

/** What to tell people, and the administrator, of a database that does not work; null for all other errors. */
export function databaseFailure(error: unknown): ServiceError | null {
  const { code, errcode } = (error ?? {}) as { code?: unknown; errcode?: unknown };
  const primary = code === 'ERR_SQLITE_ERROR' && typeof errcode === 'number' ? errcode & 0xff : -1;
  const advice = ADVICE[primary];
  const meanwhile = STILL_READ.includes(primary) ? ' Dashboards that are open go on.' : '';
  return advice === undefined
    ? null
    : new ServiceError(
        'service_unavailable',
        503,
        `The dashboards service cannot use its database at the moment.${meanwhile}`,
        `Try again later, or tell the administrator of this hub. ${advice}`,
        undefined,
        { cause: error }
      );
}
