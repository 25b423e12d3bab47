import type { Strategy } from '../../contract';
import { inPlace } from './in-place';
import { relay } from './relay/relay';
import type { FetchStrategy } from './strategy';

/** Every way for files to come here. A further one is a file beside this and a line here. */
const FETCH: Partial<Record<Strategy, FetchStrategy>> = {
  snapshot: inPlace('snapshot'),
  live: inPlace('live'),
  relay: relay()
};

export function fetchStrategy(id: Strategy): FetchStrategy {
  const strategy = FETCH[id];
  if (!strategy) {
    throw new Error(`The strategy ${id} is not there yet`);
  }
  return strategy;
}
