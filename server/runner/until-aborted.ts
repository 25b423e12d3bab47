/** What is waited for may never come; whoever aborts does not wait for it. Failures are the other side's matter. */
export function untilAborted(work: Promise<void>, signal: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    work.then(resolve, () => resolve());
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
