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

describe('letters', () => {
  it.each<[how: string, line: string, text: string, parts: string[]]>([
    ['in another case', 'Die Straße', 'STRAßE', ['Die ', 'Straße', '']],
    ['with an accent, written apart', 'Re\u0301sume\u0301!', 'rÉs', ['', 'Re\u0301s', 'ume\u0301!']],
    ['with an accent, written as one', 'R\u00c9SUM\u00c9', 're\u0301', ['', 'R\u00c9', 'SUM\u00c9']],
    [
      'in full width',
      'an \uff25\uff52\uff52\uff4f\uff52 here',
      'error',
      ['an ', '\uff25\uff52\uff52\uff4f\uff52', ' here']
    ],
    ['that become more with their case', 'İstanbul: error', 'ERROR', ['İstanbul: ', 'error', '']],
    ['that become more with their case, themselves', 'in İstanbul', 'i\u0307s', ['in ', 'İs', 'tanbul']],
    ['of which one is two', 'o\ufb00en ef', 'f', ['o', '\ufb00', 'en e', 'f', '']],
    ['beyond the first plane', '𐐀 is 𐐨', '𐐨', ['', '𐐀', ' is ', '𐐨', '']]
  ])('%s are found, and marked where they stand', (_how, line, text, parts) => {
    expect(findLines([[logLine(1, line)]], text)).toEqual([1]);
    expect(splitByHits(line, text)).toEqual(parts);
    expect(splitByHits(line, text).join('')).toBe(line);
  });

  it('that are different stay so', () => {
    expect(findLines([[logLine(1, 'Résumé'), logLine(2, 'Straße')]], 'resume')).toEqual([]);
    expect(splitByHits('Straße', 'strasse')).toEqual(['Straße']);
  });
});

it('goes round in a circle, from the newest one', () => {
  expect(nextHit([1, 4, 9], null, 1)).toBe(9);
  expect(nextHit([1, 4, 9], 9, 1)).toBe(1);
  expect(nextHit([1, 4, 9], 1, -1)).toBe(9);
  expect(nextHit([1, 9], 4, 1)).toBe(9);
  expect(nextHit([], 4, 1)).toBeNull();
});
