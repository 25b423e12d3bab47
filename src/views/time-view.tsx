import { Time } from '@jupyterlab/coreutils';
import * as React from 'react';

const MINUTE_MS = 60_000;

/** How long ago something was; the exact time on hovering. */
export function TimeView({ time }: { time: string }): React.JSX.Element {
  const [, setMinute] = React.useState(0);
  React.useEffect(() => {
    const timer = setInterval(() => setMinute(minute => minute + 1), MINUTE_MS);
    return () => clearInterval(timer);
  }, []);
  return (
    <time dateTime={time} title={new Date(time).toLocaleString()}>
      {Time.formatHuman(time, 'short')}
    </time>
  );
}
