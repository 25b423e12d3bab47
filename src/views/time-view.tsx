import { Time } from '@jupyterlab/coreutils';
import * as React from 'react';

import { formatMoment } from './format';

const MINUTE_MS = 60_000;

/** The first minute is told in seconds. */
const FIRST_MINUTE_PAUSE_MS = 10_000;

/** How long ago something was; the exact time on hovering. */
export function TimeView({ time }: { time: string }): React.JSX.Element {
  const [tick, setTick] = React.useState(0);
  React.useEffect(() => {
    const pause = Date.now() - Date.parse(time) < MINUTE_MS ? FIRST_MINUTE_PAUSE_MS : MINUTE_MS;
    const timer = setTimeout(() => setTick(tick + 1), pause);
    return () => clearTimeout(timer);
  }, [time, tick]);
  return (
    <time dateTime={time} title={formatMoment(time)}>
      {Time.formatHuman(time, 'short')}
    </time>
  );
}
