import { findLines, nextHit, splitByHits } from '../logs/find';
import { logLine } from './samples';

const blocks = [[logLine(1, 'An error'), logLine(2, 'fine')], [logLine(4, 'ERROR and error')]];

it('finds lines whatever the case', () => {
  expect(findLines(blocks, 'error')).toEqual([1, 4]);
  expect(findLines(blocks, '')).toEqual([]);
});

it('tells hits from what is between them', () => {
  expect(splitByHits('ERROR and error.', 'error')).toEqual(['', 'ERROR', ' and ', 'error', '.']);
  expect(splitByHits('nothing', 'error')).toEqual(['nothing']);
  expect(splitByHits('nothing', '')).toEqual(['nothing']);
});

it('leaves a line whole whose letters change their number with their case', () => {
  expect(splitByHits('İstanbul error', 'error')).toEqual(['İstanbul error']);
});

it('goes round in a circle, from the newest one', () => {
  expect(nextHit([1, 4, 9], null, 1)).toBe(9);
  expect(nextHit([1, 4, 9], 9, 1)).toBe(1);
  expect(nextHit([1, 4, 9], 1, -1)).toBe(9);
  expect(nextHit([1, 9], 4, 1)).toBe(9);
  expect(nextHit([], 4, 1)).toBeNull();
});
