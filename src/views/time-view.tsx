import { Time } from '@jupyterlab/coreutils';
import * as React from 'react';

/** The first minute is told in seconds. */
const AGAIN_MS = 10_000;

/** How long ago something was; the exact time on hovering. */
export function TimeView({ time }: { time: string }): React.JSX.Element {
  const [, setTick] = React.useState(0);
  React.useEffect(() => {
    const timer = setInterval(() => setTick(tick => tick + 1), AGAIN_MS);
    return () => clearInterval(timer);
  }, []);
  return (
    <time dateTime={time} title={new Date(time).toLocaleString()}>
      {Time.formatHuman(time, 'short')}
    </time>
  );
}
