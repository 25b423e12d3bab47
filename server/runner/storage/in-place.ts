import type { Strategy } from '../../contract';
import { expandHome } from '../../files/home';
import type { FetchStrategy } from './strategy';

/** The author's files are here already. */
export function inPlace(id: Strategy): FetchStrategy {
  return {
    id,
    async fetch({ source }, { around }) {
      return { root: expandHome(source.root, around.home), own: false };
    }
  };
}
