import { eventually } from '../service/testing/test-service';
import type { TestHub } from './hub';
import { processesOf } from './leftovers';

/** The process of a hub whose command line matches, once it is the only one. */
export function onlyProcess(
  hub: TestHub,
  commandLine: RegExp,
  which: (pid: number) => boolean = () => true
): Promise<number> {
  return eventually(() => {
    const found = processesOf(hub, commandLine).filter(which);
    return found.length === 1 && found[0];
  }, 30_000);
}

/** What the Hub manages: it starts the service again. */
export const KEEPER = /jupyterhub-dashboards-service|service_command/;

/** The service itself, not what starts it again. */
export const SERVICE = /service\.js/;

/** Does `work` while a process stands still. */
export async function paused<T>(pid: number, work: () => Promise<T>): Promise<T> {
  process.kill(pid, 'SIGSTOP');
  try {
    return await work();
  } finally {
    process.kill(pid, 'SIGCONT');
  }
}

/** Resolves when the service answers, whichever of its processes that is. */
export function serviceAnswers(hub: TestHub): Promise<unknown> {
  return eventually(async () => (await fetch(`${hub.serviceUrl}api/v1/health`).catch(() => null))?.ok, 60_000);
}
