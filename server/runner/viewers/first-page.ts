import type { Clock } from '../clock';
import type { Connections } from '../proxy/connections';

/** A viewer who was here this long ago is still waiting. */
const WAITING = 5_000;
/** A page that waits is told at once, and asks within this time. */
const COMING = 500;
/** Pages that take longer than this are made beside the check of the version. */
const PATIENCE = 10_000;

export interface FirstPageOptions {
  connections: Pick<Connections, 'pages' | 'onPageEnd'>;
  /** Time of a viewer's last request, or null. */
  lastActivity(): number | null;
  clock: Clock;
  signal: AbortSignal;
}

/**
 * Resolves once a viewer who waits for version `n` has had a page of it; soon where nobody waits, or nobody comes, and
 * when `signal` aborts. What else a new version has to do would slow that page down.
 */
export function firstPage(n: number, { connections, lastActivity, clock, signal }: FirstPageOptions): Promise<void> {
  const last = lastActivity();
  if (last === null || clock.now() - last > WAITING || signal.aborted) {
    return Promise.resolve();
  }
  return new Promise(resolve => {
    const finish = (): void => {
      stopListening();
      cancel();
      signal.removeEventListener('abort', finish);
      resolve();
    };
    const stopListening = connections.onPageEnd(version => version === n && finish());
    let cancel = clock.after(COMING, () => {
      if (connections.pages(n) === 0) {
        finish();
      } else {
        cancel = clock.after(PATIENCE - COMING, finish);
      }
    });
    signal.addEventListener('abort', finish);
  });
}
