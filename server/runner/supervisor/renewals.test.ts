import { createRenewals } from './renewals';

describe('renewals', () => {
  let now: number;
  beforeEach(() => (now = 0));

  /** What an app waits for whose files change so long after each start. */
  function pauses(afterMs: number, times: number): number[] {
    const renewals = createRenewals(() => now);
    return Array.from({ length: times }, () => {
      renewals.started();
      now += afterMs;
      return renewals.changed();
    });
  }

  it('wait longer each time for an app whose files change whenever it has been started, and never longer than a minute', () => {
    expect(pauses(2_000, 9)).toEqual([0, 0, 0, 5_000, 10_000, 20_000, 40_000, 60_000, 60_000]);
  });

  it('do not wait for an author who saves now and then', () => {
    expect(pauses(10_000, 9)).toEqual(Array(9).fill(0));
  });

  it('begin anew once an app has been left alone for a while', () => {
    const renewals = createRenewals(() => now);
    const after = (ms: number) => {
      renewals.started();
      now += ms;
      return renewals.changed();
    };
    for (let i = 0; i < 5; i++) {
      after(1_000);
    }
    expect([after(60_000), after(1_000), after(1_000), after(1_000), after(1_000)]).toEqual([0, 0, 0, 0, 5_000]);
  });
});
