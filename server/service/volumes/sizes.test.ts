import { largest } from './sizes';

it.each([
  [['1Gi', '1G'], '1Gi'],
  [['1500M', '1G', '1.4G'], '1500M'],
  [['1073741825', '1Gi'], '1073741825'],
  [['1e10', '9Gi'], '1e10'],
  [['1025Ki', '1Mi'], '1025Ki'],
  [['10k', '10Ki'], '10Ki'],
  [[undefined, '5Ti', undefined], '5Ti']
])('of the sizes %j the largest is %s', (sizes, expected) => {
  expect(largest(sizes)).toBe(expected);
  expect(largest(sizes.toReversed())).toBe(expected);
});

it('where no size is known there is no largest', () => {
  expect(largest([undefined])).toBeUndefined();
});
