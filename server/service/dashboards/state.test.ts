import type { AppStatus, BuildState, DashboardState, DesiredState } from '../../contract';
import { DESIRED_STATES } from '../../contract';
import { problem } from '../errors';
import { mayBecome } from './desired';
import type { DashboardAggregate } from './dashboard';
import { shownState } from './state';

interface Situation {
  desired: DesiredState;
  live: number | null;
  build: BuildState;
  app: AppStatus['state'] | null;
  connected?: boolean;
  ready?: boolean;
  problem?: boolean;
}

function aggregate({
  desired,
  live,
  build,
  app,
  ready = true,
  problem: failed = false
}: Situation): DashboardAggregate {
  const ended = ['live', 'failed', 'cancelled'].includes(build);
  return {
    dashboard: { desired, liveVersion: live, problem: failed ? problem('server_failed', 'It failed.') : null },
    build: { state: build, endedAt: ended ? '2026-01-01T00:00:00.000Z' : null },
    runner: { ready, app: app && { state: app, version: live, problem: null } }
  } as DashboardAggregate;
}

describe('the state that is shown', () => {
  it.each<[string, Situation, DashboardState]>([
    ['first build', { desired: 'on', live: null, build: 'queued', app: null }, 'building'],
    ['first build at work', { desired: 'on', live: null, build: 'check', app: 'none' }, 'building'],
    ['first build failed', { desired: 'asleep', live: null, build: 'failed', app: null }, 'failed'],
    ['first build cancelled', { desired: 'asleep', live: null, build: 'cancelled', app: null }, 'cancelled'],
    ['cancelled, then stopped', { desired: 'off', live: null, build: 'cancelled', app: null }, 'cancelled'],
    ['failed, then stopped', { desired: 'off', live: null, build: 'failed', app: null }, 'failed'],
    [
      'cancelled, and broken',
      { desired: 'asleep', live: null, build: 'cancelled', app: null, problem: true },
      'failed'
    ],
    ['update cancelled', { desired: 'on', live: 1, build: 'cancelled', app: 'serving' }, 'running'],
    ['asleep after a cancelled update', { desired: 'asleep', live: 1, build: 'cancelled', app: null }, 'asleep'],
    ['serving', { desired: 'on', live: 1, build: 'live', app: 'serving' }, 'running'],
    ['serving during an update', { desired: 'on', live: 1, build: 'copy', app: 'serving' }, 'running'],
    ['serving after a failed update', { desired: 'on', live: 1, build: 'failed', app: 'serving' }, 'running'],
    ['serving, not routed yet', { desired: 'on', live: 1, build: 'live', app: 'serving', ready: false }, 'starting'],
    ['stream broken', { desired: 'on', live: 1, build: 'live', app: 'serving', connected: false }, 'starting'],
    ['app starting', { desired: 'on', live: 1, build: 'live', app: 'starting' }, 'starting'],
    ['app restarting', { desired: 'on', live: 1, build: 'live', app: 'restarting' }, 'starting'],
    ['app failed', { desired: 'on', live: 1, build: 'live', app: 'failed' }, 'failed'],
    ['update of a sleeping one', { desired: 'on', live: 1, build: 'server', app: null, connected: false }, 'building'],
    ['asleep', { desired: 'asleep', live: 1, build: 'live', app: null, connected: false }, 'asleep'],
    ['falling asleep', { desired: 'asleep', live: 1, build: 'live', app: 'serving' }, 'asleep'],
    ['asleep after a failed start', { desired: 'asleep', live: 1, build: 'live', app: null, problem: true }, 'failed'],
    ['off', { desired: 'off', live: 1, build: 'live', app: null }, 'off'],
    ['off although it failed', { desired: 'off', live: 1, build: 'live', app: null, problem: true }, 'off'],
    ['being stopped', { desired: 'off', live: 1, build: 'live', app: 'serving' }, 'off']
  ])('%s', (_title, situation, expected) => {
    expect(shownState(aggregate(situation), situation.connected ?? true)).toBe(expected);
  });
});

describe('the desired state', () => {
  it('may change in five of nine ways', () => {
    const ways = DESIRED_STATES.flatMap(from =>
      DESIRED_STATES.filter(to => mayBecome(from, to)).map(to => `${from} ${to}`)
    );
    expect(ways).toEqual(['on asleep', 'on off', 'asleep on', 'asleep off', 'off on']);
  });
});
