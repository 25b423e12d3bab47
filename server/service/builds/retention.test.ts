import { keptVersions, logsToRemove, versionsToRemove } from './retention';

const versions = (states: string) =>
  [...states].map((letter, index) => ({
    n: index + 1,
    state: ({ r: 'ready', f: 'failed', b: 'building', x: 'removed', l: 'lost' } as const)[
      letter as 'r' | 'f' | 'b' | 'x' | 'l'
    ]
  }));

describe('retention', () => {
  it('keeps the live version, the newest others, and what is being made', () => {
    expect(versionsToRemove(versions('rrrrr'), 5, 2)).toEqual([2, 1]);
    expect(versionsToRemove(versions('rrrrr'), 1, 2)).toEqual([3, 2]);
    expect(versionsToRemove(versions('rfrxrb'), 3, 0)).toEqual([5, 1]);
    expect(versionsToRemove(versions('rr'), 2, 5)).toEqual([]);
    expect(keptVersions(versions('rfrxb'))).toEqual([1, 3, 5]);
  });

  it('counts lost versions for nothing, and keeps what may come back until others of their age go', () => {
    expect(versionsToRemove(versions('rlrlr'), 5, 2)).toEqual([]);
    expect(versionsToRemove(versions('lrlrlr'), 6, 2)).toEqual([1]);
    expect(versionsToRemove(versions('llr'), 3, 0)).toEqual([2, 1]);
    expect(versionsToRemove(versions('rrl'), 3, 1)).toEqual([1]);
    expect(keptVersions(versions('lrfb'))).toEqual([1, 2, 4]);
    expect(logsToRemove(versions('flfr'), 4, 1)).toEqual([1]);
  });

  it('lets logs go with their versions, and those of failed ones when nothing older is kept', () => {
    expect(logsToRemove(versions('xfrfrr'), 6, 1)).toEqual([1, 2, 3, 4]);
    expect(logsToRemove(versions('frfrb'), 4, 5)).toEqual([1]);
    expect(logsToRemove(versions('r'), 1, 0)).toEqual([]);
  });
});
