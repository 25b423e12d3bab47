import { readFileSync } from 'node:fs';

import { familyOf } from '../../scripts/demo/processes.mjs';
import type { Hub } from '../fixtures/hub';

/** Kills the dashboards service without warning; the Hub starts it again. */
export function killService(hub: Hub): void {
  const service = familyOf(hub.pid).find(pid => readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('js/service.js'));
  if (service === undefined) {
    throw new Error('The service does not run.');
  }
  process.kill(service, 'SIGKILL');
}
