import { act, render } from '@testing-library/react';
import * as React from 'react';

import { formatBytes } from '../views/format';
import { TimeView } from '../views/time-view';

it.each([
  [0, '0 bytes'],
  [1, '1 byte'],
  [885, '885 bytes'],
  [1_234, '1.2 kB'],
  [5_600_000, '5.6 MB']
])('a size of %d is told as %s', (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});

it('a time that is told in seconds is told anew while it is looked at', () => {
  jest.useFakeTimers();
  try {
    const { container, unmount } = render(<TimeView time={new Date(Date.now() - 20_000).toISOString()} />);
    const first = container.textContent;
    act(() => jest.advanceTimersByTime(20_000));
    expect(first).toMatch(/20/);
    expect(container.textContent).toMatch(/40/);
    unmount();
  } finally {
    jest.useRealTimers();
  }
});

it('a time that is told in minutes is told anew with each minute, and no more often', () => {
  jest.useFakeTimers();
  try {
    const { container, unmount } = render(<TimeView time={new Date(Date.now() - 130_000).toISOString()} />);
    const first = container.textContent;
    act(() => jest.advanceTimersByTime(59_000));
    expect(container.textContent).toBe(first);
    act(() => jest.advanceTimersByTime(2_000));
    expect(first).toMatch(/2/);
    expect(container.textContent).toMatch(/3/);
    unmount();
  } finally {
    jest.useRealTimers();
  }
});
