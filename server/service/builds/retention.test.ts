import { keptVersions, logsToRemove, versionsToRemove } from './retention';

const versions = (states: string) =>
  [...states].map((letter, index) => ({
    n: index + 1,
    state: ({ r: 'ready', f: 'failed', b: 'building', x: 'removed' } as const)[letter as 'r' | 'f' | 'b' | 'x']
  }));

describe('retention', () => {
  it('keeps the live version, the newest others, and what is being made', () => {
    expect(versionsToRemove(versions('rrrrr'), 5, 2)).toEqual([2, 1]);
    expect(versionsToRemove(versions('rrrrr'), 1, 2)).toEqual([3, 2]);
    expect(versionsToRemove(versions('rfrxrb'), 3, 0)).toEqual([5, 1]);
    expect(versionsToRemove(versions('rr'), 2, 5)).toEqual([]);
    expect(keptVersions(versions('rfrxb'))).toEqual([1, 3, 5]);
  });

  it('lets logs go with their versions, and those of failed ones when nothing older is kept', () => {
    expect(logsToRemove(versions('xfrfrr'), 6, 1)).toEqual([1, 2, 3, 4]);
    expect(logsToRemove(versions('frfrb'), 4, 5)).toEqual([1]);
    expect(logsToRemove(versions('r'), 1, 0)).toEqual([]);
  });
});
