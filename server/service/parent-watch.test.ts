import { watchParent } from './parent-watch';

describe('a watch over the parent process', () => {
  let ppid: number;
  let gone: jest.Mock;

  beforeEach(() => {
    jest.useFakeTimers();
    ppid = 100;
    gone = jest.fn();
  });
  afterEach(() => jest.useRealTimers());

  it('says once that the parent has gone', () => {
    watchParent(gone, () => ppid, 1_000);
    jest.advanceTimersByTime(5_000);
    expect(gone).not.toHaveBeenCalled();
    ppid = 1;
    jest.advanceTimersByTime(1_000);
    expect(gone).toHaveBeenCalledTimes(1);
    jest.advanceTimersByTime(5_000);
    expect(gone).toHaveBeenCalledTimes(1);
  });

  it('says nothing after its end', () => {
    watchParent(gone, () => ppid, 1_000)();
    ppid = 1;
    jest.advanceTimersByTime(5_000);
    expect(gone).not.toHaveBeenCalled();
  });
});
