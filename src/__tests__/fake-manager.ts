import type { Access } from '../dashboards/access';
import { DashboardManager } from '../dashboards/manager';
import type { Push } from '../dashboards/push';
import { RememberedBuilds } from '../dashboards/remembered-builds';
import type { FakeService } from './fake-service';
import { folders } from './samples';

/** A manager that talks to `service`; of builds, it remembers none from before. */
export function createManager(
  service: FakeService,
  findAccess: () => Promise<Access> = async () => ({ kind: 'ready', connection: service.connection, folders }),
  storage: Pick<Storage, 'getItem' | 'setItem'> = emptyStorage(),
  push: Push = async () => null
): DashboardManager {
  const { trans } = service.connection;
  return new DashboardManager({ findAccess, trans, remembered: new RememberedBuilds(storage, 'builds'), push });
}

/** A browser's storage with nothing in it. */
export function emptyStorage(): Pick<Storage, 'getItem' | 'setItem'> {
  const values = new Map<string, string>();
  return { getItem: key => values.get(key) ?? null, setItem: (key, value) => void values.set(key, value) };
}
