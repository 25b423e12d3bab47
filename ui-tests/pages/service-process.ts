import { argumentsOf, familyOf } from '../../scripts/demo/processes.mjs';
import type { Hub } from '../fixtures/hub';

/** Kills the dashboards service without warning; the Hub starts it again. */
export function killService(hub: Hub): void {
  const service = familyOf(hub.pid).find(pid => argumentsOf(pid).some(word => word.endsWith('js/service.js')));
  if (service === undefined) {
    throw new Error('The service does not run.');
  }
  process.kill(service, 'SIGKILL');
}
