import type { Dashboard } from './dashboard';

type Standing = Pick<Dashboard, 'liveVersion' | 'desired' | 'state'>;

/** Whether a start is offered to those who may: there is a version to show, and it is not on its way up or running. */
export function isStartable({ liveVersion, desired, state }: Standing): boolean {
  return liveVersion !== null && (desired !== 'on' || state === 'failed');
}

/**
 * What a stop would do. `stop`: visits no longer start it, and what is being built of it is called off; `cancel`: it only
 * calls that off, for nothing has worked yet or it is stopped already; null: nothing.
 */
export function stopEffect({ liveVersion, desired, state }: Standing): 'stop' | 'cancel' | null {
  if (liveVersion !== null && desired !== 'off') {
    return 'stop';
  }
  return state === 'building' ? 'cancel' : null;
}
