import { heapGrowth } from '../testing/heap-growth';
import { Pool } from './pool';

describe('the pool', () => {
  it('keeps nothing of tasks that have ended beside one that lasts', async () => {
    const pool = new Pool(2);
    let end: () => void = () => {};
    await pool.add(() => new Promise(resolve => (end = resolve)));
    let ended = 0;
    const quick = async (count: number): Promise<void> => {
      for (let n = 0; n < count; n += 1) {
        await pool.add(async () => void (ended += 1));
      }
    };
    await quick(1_000);
    expect(await heapGrowth(() => quick(30_000))).toBeLessThan(4_000_000);
    end();
    await pool.done();
    expect(ended).toBe(31_000);
  });

  it('runs no more tasks than it has room for, and every one of them', async () => {
    const pool = new Pool(3);
    const ends: (() => void)[] = [];
    const added = Array.from({ length: 8 }, () => pool.add(() => new Promise(resolve => ends.push(resolve))));
    const seen: number[] = [];
    while (ends.length > 0) {
      seen.push(ends.length);
      ends.shift()?.();
      await new Promise(resolve => setImmediate(resolve));
    }
    await Promise.all(added);
    await pool.done();
    expect(seen).toEqual([3, 3, 3, 3, 3, 3, 2, 1]);
  });

  it('starts nothing after a failure', async () => {
    const pool = new Pool(1);
    await pool.add(() => Promise.reject(new Error('no space')));
    await expect(pool.add(() => Promise.resolve())).rejects.toThrow('no space');
    await expect(pool.done()).rejects.toThrow('no space');
  });
});
