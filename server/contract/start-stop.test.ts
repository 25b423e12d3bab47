import { DASHBOARD_STATES, DESIRED_STATES, isStartable, stopEffect } from '.';

describe('start and stop', () => {
  it.each([
    ['runs', { liveVersion: 1, desired: 'on', state: 'running' }, false, 'stop'],
    ['is on its way up', { liveVersion: 1, desired: 'on', state: 'starting' }, false, 'stop'],
    ['has failed', { liveVersion: 1, desired: 'on', state: 'failed' }, true, 'stop'],
    ['sleeps', { liveVersion: 1, desired: 'asleep', state: 'asleep' }, true, 'stop'],
    ['is stopped', { liveVersion: 1, desired: 'off', state: 'off' }, true, null],
    ['is stopped and being updated', { liveVersion: 1, desired: 'off', state: 'building' }, true, 'cancel'],
    ['sleeps and is being updated', { liveVersion: 1, desired: 'asleep', state: 'building' }, true, 'stop'],
    ['is published for the first time', { liveVersion: null, desired: 'on', state: 'building' }, false, 'cancel'],
    ['has never worked', { liveVersion: null, desired: 'on', state: 'failed' }, false, null],
    ['was called off at first', { liveVersion: null, desired: 'off', state: 'cancelled' }, false, null]
  ] as const)('of a dashboard that %s', (_what, standing, startable, effect) => {
    expect([isStartable(standing), stopEffect(standing)]).toEqual([startable, effect]);
  });

  it('leave a dashboard with a live version one way to go on, whatever its state', () => {
    const stuck = DESIRED_STATES.flatMap(desired =>
      DASHBOARD_STATES.map(state => ({ liveVersion: 1, desired, state }))
    );
    expect(stuck.filter(standing => !isStartable(standing) && stopEffect(standing) === null)).toEqual([]);
  });
});
