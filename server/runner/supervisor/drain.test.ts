import { drain } from './drain';

const never = () => new AbortController().signal;

describe('drain', () => {
  it('ends when nobody is connected any more, and cuts nobody off', async () => {
    let open = 2;
    const cutOff = jest.fn();
    const ended = drain({ leastMs: 0, mostMs: 60_000, connections: () => open--, cutOff, signal: never() });
    expect(await ended).toBe(true);
    expect(cutOff).not.toHaveBeenCalled();
  });

  it('cuts off those who stay', async () => {
    const cutOff = jest.fn();
    expect(await drain({ leastMs: 0, mostMs: 50, connections: () => 1, cutOff, signal: never() })).toBe(true);
    expect(cutOff).toHaveBeenCalledTimes(1);
  });

  it('stops when the version is needed again', async () => {
    const needed = new AbortController();
    const cutOff = jest.fn();
    const ended = drain({ leastMs: 0, mostMs: 60_000, connections: () => 1, cutOff, signal: needed.signal });
    needed.abort();
    expect(await ended).toBe(false);
    expect(cutOff).not.toHaveBeenCalled();
  });
});
