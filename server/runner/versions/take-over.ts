import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { makeFoldersSync } from '../../files/make-folders';

/** One start of a dashboard's server, among others that have worked or work where its versions are. */
export interface TakenOver {
  /**
   * The same start has been here before: this process was started again with what the first one was told, as by a kubelet
   * whose container was killed. Much may have come since.
   */
  again: boolean;
  /** To be called before anything is made. */
  claim(): void;
  /** Whether no later start has taken over. Where that cannot be told, it is so. */
  isOurs(): boolean;
}

/**
 * Writes down that this start works in the dashboard's folder from now on; where there is none yet, once something is made. An
 * earlier one that is still alive, on a node that was cut off say, sees by it that it may not change versions any more.
 *
 * @param dashboard - its folder, absolute.
 */
export function takeOver(dashboard: string, startId: string): TakenOver {
  const file = path.join(dashboard, 'start');
  let written = read(file);
  const again = written === startId;
  const write = (): void => {
    try {
      makeFoldersSync(dashboard);
      writeFileSync(`${file}.new`, startId, { mode: 0o600 });
      renameSync(`${file}.new`, file);
      written = startId;
    } catch {
      // Where nothing can be written, no version is made either: whoever makes one is told why.
    }
  };
  if (!again && existsSync(dashboard)) {
    write();
  }
  return {
    again,
    claim() {
      if (written !== startId && read(file) === written) {
        write();
      }
    },
    isOurs() {
      const now = read(file);
      return now === null || now === written;
    }
  };
}

function read(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}
