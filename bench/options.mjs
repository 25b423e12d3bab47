import { Failure } from '../scripts/setup/failure.mjs';

/** What can be measured, and the file that does it, which may need Node packages. */
export const BENCHES = {
  publish: () => import('./publish.mjs'),
  swap: () => import('./swap.mjs'),
  proxy: () => import('./proxy.mjs'),
  list: () => import('./list.mjs'),
  stop: () => import('./stop.mjs'),
  memory: () => import('./memory.mjs'),
  snapshot: () => import('./snapshot.mjs'),
  relay: () => import('./relay.mjs'),
  kubernetes: () => import('./kubernetes.mjs')
};

const USAGE = `npm run bench -- ${Object.keys(BENCHES).join('|')} [--pairs N] [--only CASE,CASE]`;

/** Fewer pairs say too little where starts are compared: a start alone varies by half a second. */
export const ENOUGH_PAIRS = 9;

/**
 * What was asked for on the command line.
 *
 * @param {string[]} words
 * @returns {{ name: string, pairs: number, only: string[] | null }} `only` names the cases to measure, null for all
 */
export function options(words) {
  const [name, ...rest] = words.flatMap(word => (/^--\w+=/.test(word) ? splitOnce(word) : [word]));
  if (!Object.hasOwn(BENCHES, name)) {
    throw new Failure(name ? `There is no benchmark ${name}.` : 'Which benchmark?', { fix: `Use: ${USAGE}` });
  }
  const chosen = { name, pairs: ENOUGH_PAIRS, only: null };
  while (rest.length > 0) {
    const word = rest.shift();
    if (word === '--pairs') {
      chosen.pairs = count(rest.shift());
    } else if (word === '--only') {
      chosen.only = (rest.shift() ?? '').split(',');
    } else {
      throw new Failure(`There is no option ${word}.`, { fix: `Use: ${USAGE}` });
    }
  }
  return chosen;
}

function splitOnce(word) {
  const at = word.indexOf('=');
  return [word.slice(0, at), word.slice(at + 1)];
}

function count(word) {
  const number = Number(word);
  if (!Number.isInteger(number) || number < 1) {
    throw new Failure(`${word ?? 'Nothing'} is no number of pairs.`, { fix: `Use: ${USAGE}` });
  }
  return number;
}
