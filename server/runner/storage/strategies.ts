import type { Strategy } from '../../contract';
import { git } from './git/strategy';
import { inPlace } from './in-place';
import { relay } from './relay/relay';
import type { FetchStrategy } from './strategy';

/** Every way for files to come here. A further one is a file beside this and a line here. */
const FETCH: Readonly<Record<Strategy, FetchStrategy>> = {
  snapshot: inPlace('snapshot'),
  live: inPlace('live'),
  git,
  relay: relay()
};

export function fetchStrategy(id: Strategy): FetchStrategy {
  return FETCH[id];
}
