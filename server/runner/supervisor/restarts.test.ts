import { createRestarts } from './restarts';

describe('restarts', () => {
  it('wait longer each time and end after the fifth crash within two minutes', () => {
    const restarts = createRestarts(() => 0);
    expect([1, 2, 3, 4, 5].map(() => restarts.crashed())).toEqual([500, 1_000, 2_000, 4_000, null]);
  });

  it('begin anew for an app that ran for a while', () => {
    let now = 0;
    const restarts = createRestarts(() => now);
    for (let i = 0; i < 20; i++) {
      expect(restarts.crashed()).toBe(500);
      now += 120_000;
    }
  });
});
