import { DatabaseSync } from 'node:sqlite';

import type { Config } from '../config';
import { startTestService, type TestService } from './test-service';

/** A service whose database can be made one that nothing can be written to, as on a full disk, and writable again. */
export interface UnwritableService {
  test: TestService;
  setWritable(writable: boolean): void;
}

/** To be started by a test alone: of the databases that are opened meanwhile, the last one is taken for the service's. */
export async function startUnwritableService(config: Partial<Config> = {}): Promise<UnwritableService> {
  const opened = jest.spyOn(DatabaseSync.prototype, 'exec');
  const test = await startTestService(config);
  const database = opened.mock.contexts.at(-1) as DatabaseSync;
  opened.mockRestore();
  return { test, setWritable: writable => database.exec(`PRAGMA query_only = ${writable ? 'OFF' : 'ON'}`) };
}
