import type { TranslationBundle } from '@jupyterlab/translation';

/** Everything that a call of the service needs. */
export interface Connection {
  /** Base URL of the service; ends with a slash. */
  serviceUrl: string;
  /** The browser's own Hub token. */
  token: string;
  fetch: typeof fetch;
  /** Resolves after `milliseconds`, or at once when `signal` is aborted. */
  sleep: (milliseconds: number, signal: AbortSignal) => Promise<void>;
  trans: TranslationBundle;
}

/** {@link Connection.sleep} with the browser's timer. */
export function sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    if (signal.aborted) {
      resolve();
      return;
    }
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    signal.addEventListener('abort', done);
  });
}
