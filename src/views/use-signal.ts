import type { ISignal } from '@lumino/signaling';
import * as React from 'react';

/** Render again whenever `signal` is emitted. Null: never. */
export function useSignal(signal: ISignal<unknown, unknown> | null): void {
  const [, setCount] = React.useState(0);
  React.useEffect(() => {
    if (signal === null) {
      return;
    }
    const render = () => setCount(count => count + 1);
    signal.connect(render);
    // It may have been emitted between the rendering and this effect.
    render();
    return () => {
      signal.disconnect(render);
    };
  }, [signal]);
}
