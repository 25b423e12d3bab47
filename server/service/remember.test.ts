import { remember } from './remember';

describe('a map of what was known last', () => {
  it('forgets the oldest entries, and takes one that is known anew for the newest', () => {
    const known = new Map<string, number>();
    for (const [at, key] of ['a', 'b', 'c', 'a', 'd'].entries()) {
      remember(known, key, at, 3);
    }
    expect([...known]).toEqual([
      ['c', 2],
      ['a', 3],
      ['d', 4]
    ]);
  });
});
