import { sizeInWords } from './size-in-words';

it.each([
  [0, '0 kB'],
  [12, '1 kB'],
  [1_001, '2 kB'],
  [999_000, '999 kB'],
  [999_001, '1 MB'],
  [1_499_999, '1 MB'],
  [30_012_345, '30 MB'],
  [12_345_600_000, '12,346 MB']
])('%d bytes are %s', (bytes, words) => {
  expect(sizeInWords(bytes)).toBe(words);
});
