import type { ISignal } from '@lumino/signaling';

/** Resolves as soon as `condition` holds, looked at now and whenever `signal` is emitted. The test's time limit ends it. */
export function until(signal: ISignal<unknown, unknown>, condition: () => boolean): Promise<void> {
  return new Promise(resolve => {
    const look = () => {
      if (condition()) {
        signal.disconnect(look);
        resolve();
      }
    };
    signal.connect(look);
    look();
  });
}
