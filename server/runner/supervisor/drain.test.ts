import { drain, type DrainInput } from './drain';

const LONG = 60_000;

/** Drains a version that nobody has ever used, unless `changes` say otherwise. */
function drained(changes: Partial<DrainInput>) {
  const close = jest.fn();
  const cutOff = jest.fn();
  const ended = drain({
    quietMs: 0,
    mostMs: LONG,
    transferMs: LONG,
    connections: () => 0,
    idle: () => Number.POSITIVE_INFINITY,
    close,
    cutOff,
    signal: new AbortController().signal,
    ...changes
  });
  return { ended, close, cutOff };
}

describe('drain', () => {
  it('ends when nobody is connected any more, and sends nobody away', async () => {
    let open = 2;
    const { ended, close, cutOff } = drained({ connections: () => open-- });
    expect(await ended).toBe(true);
    expect([close, cutOff].map(({ mock }) => mock.calls.length)).toEqual([0, 0]);
  });

  it('goes on for pages without a connection that have asked for something a moment ago', async () => {
    let idle = 10;
    const looks: number[] = [];
    const { ended, close } = drained({ quietMs: 30, idle: () => (looks.push(idle), (idle += 10) - 10) });
    expect(await ended).toBe(true);
    expect(looks).toEqual([10, 20, 30]);
    expect(close).not.toHaveBeenCalled();
  });

  it('lets nobody in any more once its time is over, and waits for transfers that have begun', async () => {
    let open = 1;
    const { ended, close, cutOff } = drained({ mostMs: 20, connections: () => open, idle: () => 0 });
    close.mockImplementation(() => setTimeout(() => (open = 0), 50));
    expect(await ended).toBe(true);
    expect(close).toHaveBeenCalledTimes(1);
    expect(cutOff).not.toHaveBeenCalled();
  });

  it('cuts off those who stay after that', async () => {
    const { ended, close, cutOff } = drained({ mostMs: 20, transferMs: 20, connections: () => 1 });
    expect(await ended).toBe(true);
    expect([close, cutOff].map(({ mock }) => mock.calls.length)).toEqual([1, 1]);
  });

  it('stops when the version is needed again', async () => {
    const needed = new AbortController();
    const { ended, close, cutOff } = drained({ connections: () => 1, signal: needed.signal });
    needed.abort();
    expect(await ended).toBe(false);
    expect([close, cutOff].map(({ mock }) => mock.calls.length)).toEqual([0, 0]);
  });
});
