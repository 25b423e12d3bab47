import { repeat } from './timing';

describe('what is done again and again', () => {
  it('goes on after it has failed, and each failure is told', async () => {
    const failures: unknown[] = [];
    let calls = 0;
    const stop = await new Promise<() => Promise<void>>(resolve => {
      const end = repeat(
        1,
        async () => {
          calls += 1;
          if (calls === 3) {
            resolve(end);
          }
          throw new Error(`call ${calls}`);
        },
        error => failures.push(error)
      );
    });
    await stop();
    expect(failures).toEqual(Array.from({ length: calls }, (_, n) => new Error(`call ${n + 1}`)));
  });

  it('has ended when the stop has', async () => {
    let [begun, ended] = [0, 0];
    const stop = await new Promise<() => Promise<void>>(resolve => {
      const end = repeat(
        1,
        async () => {
          begun += 1;
          resolve(end);
          await new Promise(setImmediate);
          ended += 1;
        },
        () => undefined
      );
    });
    await stop();
    expect(begun).toBeGreaterThan(0);
    expect(ended).toBe(begun);
  });
});
