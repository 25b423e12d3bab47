import type { Audience, BuildState, Dashboard, DashboardState } from '../../../contract';
import { frameworkOf } from '../../../frameworks';

/** What a state is called. */
export const STATE_WORDS: Record<DashboardState, string> = {
  building: 'Being built',
  starting: 'Starting',
  running: 'Running',
  asleep: 'Asleep, starts when opened',
  off: 'Stopped',
  failed: 'Does not work at the moment',
  cancelled: 'Cancelled'
};

/** What is being done while somebody waits. */
export const STEP_WORDS: Record<BuildState, string> = {
  queued: 'Waiting for its turn',
  server: 'Waiting for the Spawner to start its server',
  copy: 'Copying the files',
  start: 'Starting the app',
  check: 'Checking that the app works',
  live: 'Opening',
  failed: 'Opening',
  cancelled: 'Opening'
};

export function audienceWords({ kind }: Audience): string {
  switch (kind) {
    case 'owner':
      return 'only for me';
    case 'people':
      return 'for chosen people';
    case 'everyone':
      return 'for everyone here';
  }
}

export function frameworkWords(framework: Dashboard['framework']): string | null {
  return framework && framework !== 'command' ? frameworkOf(framework).title : null;
}

const UNITS: readonly [unit: Intl.RelativeTimeFormatUnit, seconds: number][] = [
  ['year', 31_536_000],
  ['month', 2_592_000],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60]
];
const RELATIVE = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });

/** How long ago, roughly: `3 hours ago`. */
export function ago(time: string, now: number): string {
  const seconds = (now - Date.parse(time)) / 1_000;
  const [unit, length] = UNITS.find(([, size]) => seconds >= size) ?? [];
  return unit && length ? RELATIVE.format(-Math.floor(seconds / length), unit) : 'just now';
}
