import type { TranslationBundle } from '@jupyterlab/translation';

import type { Build, BuildState } from '../../server/contract';

/** How far a build has come in one stage. */
export interface Stage {
  state: BuildState;
  label: string;
  status: 'done' | 'current' | 'waiting' | 'failed' | 'cancelled';
}

const PUBLISH: readonly BuildState[] = ['queued', 'server', 'copy', 'start', 'check', 'live'];
const ACTIVATE: readonly BuildState[] = ['queued', 'server', 'start', 'check', 'live'];

/** The stages of a build. `reached` is the last one it was seen in, for builds that have failed or were cancelled. */
export function stages(build: Build, reached: BuildState, trans: TranslationBundle): Stage[] {
  const order = build.kind === 'publish' ? PUBLISH : ACTIVATE;
  const stopped = build.state === 'failed' || build.state === 'cancelled' ? build.state : null;
  const position = order.indexOf(stopped === null ? build.state : reached);
  return order.map((state, index) => ({
    state,
    label: label(state, trans),
    status: index < position || build.state === 'live' ? 'done' : index > position ? 'waiting' : (stopped ?? 'current')
  }));
}

/** Share of the way that lies behind, 0 to 1. */
export function progress(all: readonly Stage[]): number {
  return all.filter(stage => stage.status === 'done').length / all.length;
}

/** One sentence about a build, for screen readers and headings. */
export function sentence(build: Build, trans: TranslationBundle): string {
  switch (build.state) {
    case 'queued':
      return trans.__('Waiting for its turn…');
    case 'server':
      return build.clonesVolume === true
        ? trans.__('Cloning the volume that the files are on…')
        : trans.__('Waiting for the Spawner to start the dashboard’s server…');
    case 'copy':
      return build.wantsFiles === true ? trans.__('Sending the files…') : trans.__('Copying the files…');
    case 'start':
      return trans.__('Starting the dashboard…');
    case 'check':
      return trans.__('Checking that the dashboard works…');
    case 'live':
      return trans.__('Version %1 is live.', build.version);
    case 'failed':
      return trans.__('Version %1 could not be published.', build.version);
    case 'cancelled':
      return trans.__('Version %1 was cancelled.', build.version);
  }
}

function label(state: BuildState, trans: TranslationBundle): string {
  switch (state) {
    case 'queued':
      return trans.__('Queued');
    case 'server':
      return trans.__('Server');
    case 'copy':
      return trans.__('Copy');
    case 'start':
      return trans.__('Start');
    case 'check':
      return trans.__('Check');
    default:
      return trans.__('Live');
  }
}
