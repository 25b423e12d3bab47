import { grouped } from './grouped';

it.each([0, 7, 999, 1_000, 12_345, 999_999, 1_234_567, 200_000_000])('%d is written as in English', number => {
  expect(grouped(number)).toBe(number.toLocaleString('en'));
});
